#include "bench/filter/smtp_exchange.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace portcullis::bench {
namespace {

constexpr std::uint32_t kSources = 0x7f01'0000;  // 127.1.0.0/16

sockaddr_in socket_address(std::uint32_t address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address);
  result.sin_port = htons(port);
  return result;
}

[[noreturn]] void fail_system(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

std::optional<int> SmtpExchange::open() {
  opened_ = Clock::now();
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) fail_system("socket");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto from = socket_address(kSources | (load_.next_source++ & 0xffff), 0);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) {
    fail_system("bind");
  }
  auto to = socket_address(0, load_.server.port);
  ::inet_pton(AF_INET, load_.server.address.c_str(), &to.sin_addr);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
      errno != EINPROGRESS) {
    fail_system("connect");
  }
  step_ = Step::banner;
  received_.clear();
  return socket_;
}

Exchange::State SmtpExchange::advance() {
  std::array<char, 1024> bytes;
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return State::talking;
  if (count <= 0) return fail("the server hung up");
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  const std::size_t end = received_.find("\r\n");
  if (end == std::string::npos) return State::talking;
  const std::string line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return on_line(line);
}

Exchange::State SmtpExchange::on_line(const std::string& line) {
  switch (step_) {
    case Step::banner:
      if (!line.starts_with("220 ")) return fail(line);
      load_.banner.add(opened_, Clock::now());
      step_ = Step::helo;
      return send("HELO client.test\r\n") ? State::talking : fail("HELO was not taken");
    case Step::helo:
      if (!line.starts_with("250 ")) return fail(line);
      step_ = Step::quit;
      return send("QUIT\r\n") ? State::talking : fail("QUIT was not taken");
    case Step::quit:
      if (!line.starts_with("221 ")) return fail(line);
      load_.session.add(opened_, Clock::now());
      close();
      return State::done;
  }
  return fail("?");
}

bool SmtpExchange::send(const std::string& line) {
  return ::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(line.size());
}

Exchange::State SmtpExchange::fail(const std::string& reason) {
  failure_ = "SMTP: " + reason;
  close();
  return State::failed;
}

void SmtpExchange::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

}  // namespace portcullis::bench
