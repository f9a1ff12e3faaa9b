#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/types.h>

#include "milter/control_connection.h"
#include "milter/control_mailbox.h"
#include "milter/listening_socket.h"
#include "milter/logging.h"

namespace portcullis {

// ControlSocket lets the administrator's program talk to the daemon over a Unix socket. The
// protocol:
//   the client sends one line, a request of at most kMaxRequest bytes and "\n";
//   the daemon answers one line, a JSON object and "\n", and closes.
// control_request.h says which requests there are. Only root and the daemon's own user are served.
//
// A path that was deleted is made again.
//
// One thread serves all connections without blocking on any: at most kMaxConnections at a time, the
// rest wait in the kernel. Whoever does not send its line, or take its answer, within kPatience is
// cut off. The time that the daemon needs for an answer does not count.
class ControlSocket {
 public:
  static constexpr std::size_t kMaxRequest = 4096;
  static constexpr std::size_t kMaxConnections = 16;
  static constexpr std::chrono::seconds kPatience{5};

  // Takes the answer, without its "\n". Any thread may call it, once.
  using Reply = std::function<void(std::string)>;
  // Called by the socket's thread; must not block. May answer later.
  using Answerer = std::function<void(std::string_view request, Reply reply)>;

  // Starts the thread.
  ControlSocket(ListeningSocket socket, Answerer answerer, Log& log);

  // From now on nobody is accepted any more, and the path is gone. Any thread may call it.
  void remove_path() noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  std::vector<pollfd> awaited() const;
  int poll_timeout() const;
  void accept_all();
  void restore_path();
  void serve(ControlConnection& connection, short events);
  void deliver_replies();
  void drop_finished();

  ListeningSocket socket_;
  std::mutex path_mutex_;  // of what socket_ does to its path
  bool path_lost_ = false;
  Answerer answerer_;
  Log& log_;
  std::shared_ptr<ControlMailbox> mailbox_;
  std::uint64_t last_number_ = 0;
  std::vector<ControlConnection> connections_;  // only for the socket's thread
  std::jthread thread_;                         // the last member: it uses the others
};

}  // namespace portcullis
