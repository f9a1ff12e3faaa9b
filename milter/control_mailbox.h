#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "milter/file_descriptor.h"
#include "policy/guarded.h"

namespace portcullis {

// ControlMailbox hands finished replies to the control socket's thread, from whichever thread has
// finished them, and wakes it. Any thread may call any member.
class ControlMailbox {
 public:
  struct Letter {
    std::uint64_t connection = 0;
    std::string reply;
  };

  ControlMailbox();

  void put(Letter letter);
  // Only wakes the reader.
  void wake() noexcept;
  // Everything that has come since the last call.
  std::vector<Letter> take();

  // Readable when there is something to take.
  int descriptor() const { return event_.get(); }

 private:
  FileDescriptor event_;
  Guarded<std::vector<Letter>> letters_;
};

}  // namespace portcullis
