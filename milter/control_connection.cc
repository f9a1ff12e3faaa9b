#include "milter/control_connection.h"

#include <array>
#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/socket.h>

namespace portcullis {
namespace {

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

short ControlConnection::awaited_events() const {
  switch (state_) {
    case State::reading:
      return POLLIN;
    case State::writing:
      return POLLOUT;
    case State::waiting:
    case State::finished:
      return 0;  // a client that goes away is reported all the same
  }
  return 0;
}

std::optional<std::string> ControlConnection::read_request(std::size_t max_length,
                                                           TimePoint write_deadline) {
  std::array<char, 1024> chunk;
  const ssize_t size = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
  if (size <= 0) {
    if (size == 0 || !would_block()) finish();
    return std::nullopt;
  }
  buffer_.append(chunk.data(), static_cast<std::size_t>(size));
  const auto end = buffer_.find('\n');
  if (end > max_length && buffer_.size() > max_length) {
    start_reply(R"({"ok":false,"error":"the request is too long"})", write_deadline);
    return std::nullopt;
  }
  if (end == std::string::npos) return std::nullopt;
  state_ = State::waiting;
  buffer_.resize(end);
  if (!buffer_.empty() && buffer_.back() == '\r') buffer_.pop_back();
  return std::exchange(buffer_, {});
}

void ControlConnection::start_reply(std::string reply, TimePoint deadline) {
  buffer_ = std::move(reply) + "\n";
  sent_ = 0;
  deadline_ = deadline;
  state_ = State::writing;
  write_on();
}

void ControlConnection::write_on() {
  const ssize_t size =
      ::send(socket_.get(), buffer_.data() + sent_, buffer_.size() - sent_, MSG_NOSIGNAL);
  if (size < 0) {
    if (!would_block()) finish();
    return;
  }
  sent_ += static_cast<std::size_t>(size);
  if (sent_ == buffer_.size()) finish();
}

}  // namespace portcullis
