#include "bench/filter/milter_exchange.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace portcullis::bench {
namespace {

// What Postfix 3.7 offers.
constexpr std::uint32_t kVersion = 6;
constexpr std::uint32_t kActions = 0x1ff;
constexpr std::uint32_t kSteps = 0x1fffff;

// What it sends at CONNECT if it is not asked for other macros.
constexpr std::string_view kDefaultMacros = "j {daemon_name} {daemon_addr} v _";

std::string number(std::uint32_t value) {
  const std::uint32_t wire = htonl(value);
  std::string bytes(sizeof wire, '\0');
  std::memcpy(bytes.data(), &wire, sizeof wire);
  return bytes;
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t wire = 0;
  std::memcpy(&wire, bytes.data() + at, sizeof wire);
  return ntohl(wire);
}

std::string packet(char command, std::string_view data = {}) {
  std::string bytes = number(static_cast<std::uint32_t>(data.size()) + 1);
  bytes += command;
  bytes += data;
  return bytes;
}

const std::string& negotiation() {
  static const std::string bytes =
      packet(SMFIC_OPTNEG, number(kVersion) + number(kActions) + number(kSteps));
  return bytes;
}

// Every second client has a name that the MTA has verified.
bool has_name(const LoadClient& client) {
  return client.text.back() % 2 == 0;
}

std::string host_of(const LoadClient& client) {
  if (!has_name(client)) return '[' + client.text + ']';
  std::string name = "mx-" + client.text + ".example.net";
  for (char& c : name) {
    if (c == ':') c = '-';
  }
  return name;
}

std::string macro_value(std::string_view name, const LoadClient& client) {
  if (name == "j") return "mx.test";
  if (name == "v") return "Postfix 3.7.11";
  if (name == "_") return host_of(client) + " [" + client.text + "]";
  if (name == "{daemon_name}") return "inbound";
  if (name == "{daemon_addr}") return "127.0.0.1";
  if (name == "{daemon_port}") return "25";
  if (name == "{client_resolve}") return has_name(client) ? "OK" : "FAIL";
  return {};
}

std::string macros_for_connect(std::string_view wanted, const LoadClient& client) {
  std::string data(1, SMFIC_CONNECT);
  while (!wanted.empty()) {
    const std::size_t end = std::min(wanted.find(' '), wanted.size());
    const std::string_view name = wanted.substr(0, end);
    wanted.remove_prefix(std::min(end + 1, wanted.size()));
    const std::string value = macro_value(name, client);
    if (value.empty()) continue;
    data.append(name).push_back('\0');
    data.append(value).push_back('\0');
  }
  return packet(SMFIC_MACRO, data);
}

// The macros that the filter asked for at CONNECT: pairs of a number and a text behind the flags.
std::string_view wanted_macros(std::string_view data) {
  constexpr std::size_t kFlags = 12;
  data.remove_prefix(kFlags);
  while (data.size() > sizeof(std::uint32_t)) {
    const std::uint32_t stage = number_at(data, 0);
    data.remove_prefix(sizeof stage);
    const std::size_t end = std::min(data.find('\0'), data.size());
    if (stage == SMFIM_CONNECT) return data.substr(0, end);
    data.remove_prefix(std::min(end + 1, data.size()));
  }
  return kDefaultMacros;
}

}  // namespace

MilterExchange::~MilterExchange() {
  close(/*politely=*/true);
}

std::optional<int> MilterExchange::open() {
  close(/*politely=*/true);
  if (!std::exchange(waits_, false)) opened_ = Clock::now();
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  load_.socket_path.copy(to.sun_path, sizeof to.sun_path - 1);
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    const int error = errno;
    close(/*politely=*/false);
    waits_ = error == EAGAIN;
    if (waits_) return std::nullopt;
    throw std::system_error(error, std::generic_category(), load_.socket_path);
  }
  do {
    client_ = load_.clients[load_.next_client++ % load_.clients.size()];
  } while (length_ == Length::held && client_.listed);
  step_ = Step::negotiate;
  received_.clear();
  send(negotiation());  // a filter that has hung up already is seen when it is read
  return socket_;
}

Exchange::State MilterExchange::advance() {
  std::array<char, 4096> bytes;
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return State::talking;
  if (count <= 0) return fail("the filter hung up");
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  while (received_.size() > sizeof(std::uint32_t)) {
    const std::size_t length = number_at(received_, 0);
    if (length == 0 || length > bytes.size()) return fail("a packet of a length that cannot be");
    if (received_.size() < sizeof(std::uint32_t) + length) break;
    const std::string body = received_.substr(sizeof(std::uint32_t), length);
    received_.erase(0, sizeof(std::uint32_t) + length);
    const State state = take(body[0], std::string_view(body).substr(1));
    if (state != State::talking) return state;
  }
  return State::talking;
}

Exchange::State MilterExchange::take(char command, std::string_view data) {
  if (step_ != Step::negotiate) return on_answer(command, data);
  if (command != SMFIC_OPTNEG || data.size() < 12) return fail("no answer to the negotiation");
  return on_negotiated(data);
}

Exchange::State MilterExchange::on_negotiated(std::string_view data) {
  const std::uint32_t steps = number_at(data, 8);
  if ((steps & (SMFIP_NOCONNECT | SMFIP_NR_CONN | SMFIP_NR_HELO)) != 0) {
    return fail("the filter does not want to answer");
  }
  sends_helo_ = (steps & SMFIP_NOHELO) == 0;
  step_ = Step::connect;
  const std::string command = connect_command(wanted_macros(data));
  asked_ = Clock::now();
  return send(command) ? State::talking : fail("the filter hung up before CONNECT");
}

Exchange::State MilterExchange::on_answer(char command, std::string_view data) {
  if (step_ == Step::connect) load_.connect.add(asked_, Clock::now());
  const bool rejected = command == SMFIR_REPLYCODE && data.starts_with('5');
  if (rejected) return end(true);
  if (command != SMFIR_CONTINUE) {
    return fail("unexpected answer '" + std::string(1, command) + "' " + std::string(data));
  }
  if (step_ == Step::helo || !sends_helo_) return end(false);
  step_ = Step::helo;
  ++load_.heard_helo;
  const std::string helo("client.example.net\0", 19);
  return send(packet(SMFIC_HELO, helo)) ? State::talking : fail("the filter hung up before HELO");
}

Exchange::State MilterExchange::end(bool rejected) {
  if (rejected != (client_.listed && load_.expects_rejects)) {
    return fail(client_.text + (rejected ? " was rejected" : " was let in"));
  }
  ++(rejected ? load_.rejected : load_.continued);
  if (length_ == Length::whole) close(/*politely=*/true);
  load_.session.add(opened_, Clock::now());
  return State::done;
}

Exchange::State MilterExchange::fail(const std::string& reason) {
  failure_ = reason;
  close(/*politely=*/false);
  return State::failed;
}

// The packets are small and few: a socket that cannot take them at once is broken.
bool MilterExchange::send(std::string_view bytes) {
  return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

void MilterExchange::close(bool politely) {
  if (socket_ < 0) return;
  if (politely) send(packet(SMFIC_QUIT));
  ::close(socket_);
  socket_ = -1;
}

bool MilterExchange::still_held() const {
  char byte = 0;
  return socket_ >= 0 && ::recv(socket_, &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

std::string MilterExchange::connect_command(std::string_view wanted) const {
  std::string data = host_of(client_);
  data += '\0';
  data += client_.ipv6 ? SMFIA_INET6 : SMFIA_INET;
  const std::uint16_t port = htons(40'000);
  data.append(reinterpret_cast<const char*>(&port), sizeof port);
  data += (client_.ipv6 ? "IPv6:" : "") + client_.text;
  data += '\0';
  return macros_for_connect(wanted, client_) + packet(SMFIC_CONNECT, data);
}

}  // namespace portcullis::bench
