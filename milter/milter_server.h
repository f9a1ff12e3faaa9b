#pragma once

#include <atomic>
#include <optional>
#include <thread>

#include "milter/listening_socket.h"
#include "milter/signals.h"
#include "milter/start_error.h"

namespace portcullis {

// MilterServer runs libmilter on our listening socket. One for a process: libmilter's state is the
// process's. For the main thread.
class MilterServer {
 public:
  // Registers the filter and hands `socket` to libmilter: as a descriptor where this libmilter
  // takes one ("fd:N", as Debian builds it), else by its path or port. Starts no thread.
  static Started<void> prepare(ListeningSocket& socket);

  // Starts smfi_main() in a thread of its own; when it returns, whether asked or not, `ended` is
  // called. The thread is never joined: libmilter cannot be stopped in time, the process ends
  // first.
  void start(WakeUp ended);

  // What smfi_main() returned, once it has.
  std::optional<int> result() const;

 private:
  static constexpr int kRunning = -1000;  // no MI_ code

  std::atomic<int> result_{kRunning};
  std::thread thread_;
};

}  // namespace portcullis
