#include "milter/control_socket.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "milter/shortages.h"

namespace portcullis {
namespace {

// Root may always, and so may the user that the daemon runs as.
bool may_command(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace

ControlSocket::ControlSocket(ListeningSocket socket, Answerer answerer, Log& log)
    : socket_(std::move(socket)),
      answerer_(std::move(answerer)),
      log_(log),
      mailbox_(std::make_shared<ControlMailbox>()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void ControlSocket::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { mailbox_->wake(); });
  while (!stop.stop_requested()) {
    std::vector<pollfd> polled = awaited();
    if (::poll(polled.data(), polled.size(), poll_timeout()) < 0) continue;  // EINTR
    try {
      // The connections are those that were polled: none is added or dropped before all are served.
      for (std::size_t i = 0; i < connections_.size(); ++i) {
        if (polled[i + 2].revents != 0) serve(connections_[i], polled[i + 2].revents);
      }
      if (polled[0].revents != 0) deliver_replies();
      if (polled[1].revents != 0) accept_all();
    } catch (const std::exception& error) {  // out of memory: these clients lose, nobody else
      log_.error(error.what());
      connections_.clear();
    }
    drop_finished();
    restore_path();
  }
}

void ControlSocket::remove_path() noexcept {
  const std::scoped_lock lock(path_mutex_);
  socket_.remove_path();
}

void ControlSocket::restore_path() {
  const std::scoped_lock lock(path_mutex_);
  const Started<bool> restored = socket_.restore_path();
  const std::string gone = to_string(socket_.address()) + " was deleted or replaced";
  if (!restored && !path_lost_) log_.error(gone + ", and " + restored.error().message);
  if (restored && *restored) log_.error(gone + "; it has been made again");
  path_lost_ = !restored;
}

std::vector<pollfd> ControlSocket::awaited() const {
  std::vector<pollfd> polled;
  polled.reserve(connections_.size() + 2);
  polled.push_back({mailbox_->descriptor(), POLLIN, 0});
  const bool full = connections_.size() >= kMaxConnections;
  polled.push_back({full ? -1 : socket_.descriptor(), POLLIN, 0});  // poll(2) skips -1
  for (const ControlConnection& connection : connections_) {
    polled.push_back({connection.descriptor(), connection.awaited_events(), 0});
  }
  return polled;
}

int ControlSocket::poll_timeout() const {
  // Coarse on purpose: a deadline of seconds needs no timer for each connection. Without one only
  // the path is looked after.
  constexpr int kTickMilliseconds = 500;
  constexpr int kIdleMilliseconds = 2000;
  return connections_.empty() ? kIdleMilliseconds : kTickMilliseconds;
}

void ControlSocket::accept_all() {
  while (connections_.size() < kMaxConnections) {
    FileDescriptor accepted(accept_patiently(socket_.descriptor(), SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!accepted) return;
    if (!may_command(accepted.get())) {
      log_.warning("control socket: a process of another user was turned away");
      continue;
    }
    connections_.emplace_back(std::move(accepted), ++last_number_, Clock::now() + kPatience);
  }
}

void ControlSocket::serve(ControlConnection& connection, short events) {
  switch (connection.state()) {
    case ControlConnection::State::reading: {
      const auto request = connection.read_request(kMaxRequest, Clock::now() + kPatience);
      if (!request) return;
      // The answer may come when this connection, or the socket, is long gone: it is then dropped.
      answerer_(*request, [mailbox = mailbox_, number = connection.number()](std::string reply) {
        mailbox->put({number, std::move(reply)});
      });
      return;
    }
    case ControlConnection::State::writing:
      return connection.write_on();
    case ControlConnection::State::waiting:
      if ((events & (POLLHUP | POLLERR)) != 0) connection.finish();
      return;
    case ControlConnection::State::finished:
      return;
  }
}

void ControlSocket::deliver_replies() {
  for (ControlMailbox::Letter& letter : mailbox_->take()) {
    const auto found =
        std::ranges::find(connections_, letter.connection, &ControlConnection::number);
    if (found == connections_.end()) continue;
    found->start_reply(std::move(letter.reply), Clock::now() + kPatience);
  }
}

void ControlSocket::drop_finished() {
  const auto now = Clock::now();
  std::erase_if(connections_, [now](const ControlConnection& connection) {
    const auto state = connection.state();
    const bool waiting = state == ControlConnection::State::waiting;
    return state == ControlConnection::State::finished ||
           (!waiting && connection.deadline() <= now);
  });
}

}  // namespace portcullis
