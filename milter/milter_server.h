#pragma once

#include <atomic>

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

  // Starts smfi_main() in a thread of its own; when it returns, `ended` is called. Nobody waits for
  // the thread: libmilter cannot be stopped in time, the process ends first. The object must live
  // until then.
  void start(WakeUp ended);

  // True once smfi_main() has returned, which it does only when libmilter cannot go on.
  bool has_ended() const { return ended_.load(); }

 private:
  std::atomic<bool> ended_{false};
};

}  // namespace portcullis
