#include "tests/mta/support/smtp_client.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

// "250-text" has more lines to come, "250 text" and "250" are the last.
bool is_last_line(const std::string& line) {
  return line.size() < 4 || line[3] != '-';
}

int code_of(const std::string& line) {
  if (line.size() < 3) return 0;
  int code = 0;
  for (const char digit : line.substr(0, 3)) {
    if (digit < '0' || digit > '9') return 0;
    code = code * 10 + (digit - '0');
  }
  return code;
}

void bind_source(int socket, const std::string& source) {
  // The port is then chosen by connect(), which may share one between destinations.
  const int on = 1;
  setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_storage address{};
  const socklen_t length = to_socket_address({.address = source, .port = 0}, address);
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot connect from " + source);
  }
}

Endpoint local_endpoint(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  return from_socket_address(address);
}

}  // namespace

SmtpClient::SmtpClient(const Endpoint& server, const std::string& source) : server_(server) {
  sockaddr_storage address{};
  const socklen_t length = to_socket_address(server, address);
  socket_ = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
  try {
    const std::string loopback = server.is_ipv6() ? "::1" : "127.0.0.1";
    bind_source(socket_, source.empty() ? loopback : source);
    // Loopback answers at once; this only bounds a full accept queue.
    const timeval patience{.tv_sec = kPatience.count() / 1000, .tv_usec = 0};
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), length) != 0) {
      throw std::system_error(
          errno, std::generic_category(),
          fmt::format("cannot connect to {} port {}", server.address, server.port));
    }
  } catch (...) {
    close();
    throw;
  }
  local_ = local_endpoint(socket_);
}

SmtpClient::~SmtpClient() {
  close();
}

SmtpClient::SmtpClient(SmtpClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      peer_closed_(other.peer_closed_),
      server_(std::move(other.server_)),
      local_(std::move(other.local_)),
      received_(std::move(other.received_)),
      reply_(std::move(other.reply_)),
      transcript_(std::move(other.transcript_)) {}

SmtpClient& SmtpClient::operator=(SmtpClient&& other) noexcept {
  if (this == &other) return *this;
  close();
  socket_ = std::exchange(other.socket_, -1);
  peer_closed_ = other.peer_closed_;
  server_ = std::move(other.server_);
  local_ = std::move(other.local_);
  received_ = std::move(other.received_);
  reply_ = std::move(other.reply_);
  transcript_ = std::move(other.transcript_);
  return *this;
}

SmtpReplyLines SmtpClient::read_reply(std::chrono::milliseconds limit) {
  if (auto reply = try_read_reply(limit)) return *reply;
  fail(peer_closed_ ? "the server closed the connection instead of a reply"
                    : fmt::format("no reply within {} ms", limit.count()));
}

std::optional<SmtpReplyLines> SmtpClient::try_read_reply(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  while (true) {
    while (const auto line = take_line()) {
      transcript_.push_back("S: " + *line);
      reply_.push_back(*line);
      if (!is_last_line(*line)) continue;
      SmtpReplyLines reply{.code = code_of(*line),
                           .text = fmt::format("{}", fmt::join(reply_, "\n"))};
      reply_.clear();
      return reply;
    }
    if (receive(end) != Arrival::data) return std::nullopt;
  }
}

SmtpReplyLines SmtpClient::command(std::string_view line) {
  send_line(line);
  return read_reply();
}

void SmtpClient::send_line(std::string_view line) {
  transcript_.push_back(fmt::format("C: {}", line));
  send_raw(fmt::format("{}\r\n", line));
}

void SmtpClient::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return;  // the reply that is due will tell, or the close
    } else if (errno != EINTR) {
      fail(fmt::format("cannot send: {}", std::strerror(errno)));
    }
  }
}

SmtpReplyLines SmtpClient::xclient(std::string_view attributes) {
  return command(fmt::format("XCLIENT {}", attributes));
}

void SmtpClient::send_proxy_header(const Endpoint& client, const Endpoint& destination) {
  send_line(fmt::format("PROXY {} {} {} {} {}", client.is_ipv6() ? "TCP6" : "TCP4", client.address,
                        destination.address, client.port, destination.port));
}

SmtpReplyLines SmtpClient::quit() {
  SmtpReplyLines reply = command("QUIT");
  close();
  return reply;
}

void SmtpClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void SmtpClient::abort() {
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  transcript_.emplace_back("C: (reset)");
  close();
}

bool SmtpClient::closed_by_peer(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  Arrival arrival = Arrival::data;
  while (arrival == Arrival::data) arrival = receive(end);
  return arrival == Arrival::closed;
}

std::string SmtpClient::transcript_text() const {
  return fmt::format("{}\n", fmt::join(transcript_, "\n"));
}

SmtpClient::Arrival SmtpClient::receive(Clock::time_point end) {
  if (peer_closed_) return Arrival::closed;
  if (socket_ < 0) fail("this client has closed its connection");
  if (!wait_for_data(end)) return Arrival::timeout;
  std::array<char, 4096> buffer{};
  const ssize_t size = recv(socket_, buffer.data(), buffer.size(), 0);
  if (size > 0) {
    received_.append(buffer.data(), static_cast<std::size_t>(size));
    return Arrival::data;
  }
  if (size < 0 && errno == EINTR) return Arrival::data;
  peer_closed_ = true;
  transcript_.emplace_back(size == 0 ? "S: (closed)" : "S: (reset)");
  return Arrival::closed;
}

bool SmtpClient::wait_for_data(Clock::time_point end) const {
  pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  return poll(&waiting, 1, left > 0 ? static_cast<int>(left) : 0) > 0;
}

std::optional<std::string> SmtpClient::take_line() {
  const std::size_t end = received_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

void SmtpClient::fail(const std::string& reason) const {
  throw std::runtime_error(fmt::format("SMTP client {} to port {}: {}; so far:\n{}", local_.address,
                                       server_.port, reason, transcript_text()));
}

}  // namespace portcullis::testing
