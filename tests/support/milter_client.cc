#include "tests/support/milter_client.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

std::string big_endian(std::uint32_t value) {
  const std::uint32_t network = htonl(value);
  std::string bytes(sizeof network, '\0');
  std::memcpy(bytes.data(), &network, sizeof network);
  return bytes;
}

std::uint32_t from_big_endian(std::string_view bytes) {
  std::uint32_t network = 0;
  std::memcpy(&network, bytes.data(), sizeof network);
  return ntohl(network);
}

std::string terminated(std::string_view text) {
  return std::string(text) + '\0';
}

std::string packet(char command, std::string_view data) {
  return big_endian(static_cast<std::uint32_t>(data.size() + 1)) + command + std::string(data);
}

std::string connect_macros(const AnnouncedClient& client) {
  std::string data = "C";  // the step that the macros are for
  for (const auto& [name, value] : client.macros) data += terminated(name) + terminated(value);
  return packet('D', data);
}

std::string connect_packet(const AnnouncedClient& client) {
  std::string data = terminated(client.host) + client.family;
  if (client.family != 'U') data += std::string("\x30\x39", 2) + terminated(client.address);
  return packet('C', data);
}

}  // namespace

std::string MilterReply::smtp_reply() const {
  return command == 'y' ? data.substr(0, data.find('\0')) : std::string();
}

AnnouncedClient AnnouncedClient::ipv4(std::string address) {
  AnnouncedClient client;
  client.host = '[' + address + ']';
  client.address = std::move(address);
  return client;
}

AnnouncedClient AnnouncedClient::ipv6(std::string address) {
  AnnouncedClient client = ipv4(std::move(address));
  client.family = '6';
  return client;
}

AnnouncedClient AnnouncedClient::named(std::string name) const {
  AnnouncedClient client = *this;
  client.host = std::move(name);
  client.macros.emplace_back("{client_resolve}", "OK");
  std::erase_if(client.macros, [](const auto& macro) { return macro.second == "FAIL"; });
  return client;
}

AnnouncedClient AnnouncedClient::on_service(std::string daemon_name, std::string daemon_address,
                                            std::string daemon_port) const {
  AnnouncedClient client = *this;
  std::erase_if(client.macros, [](const auto& macro) { return macro.first == "{daemon_name}"; });
  client.macros.emplace_back("{daemon_name}", std::move(daemon_name));
  if (!daemon_address.empty()) client.macros.emplace_back("{daemon_addr}", daemon_address);
  if (!daemon_port.empty()) client.macros.emplace_back("{daemon_port}", daemon_port);
  return client;
}

MilterClient::MilterClient(const std::string& socket_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    close();
    return;
  }
  std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
  timeval patience{};
  patience.tv_sec = kPatience.count();
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
}

MilterClient::MilterClient(MilterClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)) {}

MilterClient& MilterClient::operator=(MilterClient&& other) noexcept {
  std::swap(socket_, other.socket_);
  return *this;
}

MilterClient::~MilterClient() {
  close();
}

std::optional<MilterOptions> MilterClient::negotiate(std::uint32_t actions, std::uint32_t steps,
                                                     std::uint32_t version) {
  send_command('O', big_endian(version) + big_endian(actions) + big_endian(steps));
  const auto reply = receive();
  if (reply.command != 'O' || reply.data.size() < 12) return std::nullopt;
  MilterOptions options;
  options.version = from_big_endian(std::string_view(reply.data).substr(0));
  options.actions = from_big_endian(std::string_view(reply.data).substr(4));
  options.steps = from_big_endian(std::string_view(reply.data).substr(8));
  if (reply.data.size() > 16) {  // the step, SMFIM_CONNECT, then its macros
    options.connect_macros = reply.data.substr(16, reply.data.size() - 17);
  }
  return options;
}

MilterReply MilterClient::connect(const AnnouncedClient& client) {
  send_connect(client);
  return receive();
}

MilterReply MilterClient::helo(std::string_view name) {
  send_command('H', terminated(name));
  return receive();
}

MilterReply MilterClient::mail(std::string_view sender) {
  send_command('M', terminated(sender));
  return receive();
}

void MilterClient::send_connect(const AnnouncedClient& client) {
  send_raw(connect_macros(client) + connect_packet(client));
}

void MilterClient::send_command(char command, std::string_view data) {
  send_raw(packet(command, data));
}

void MilterClient::send_raw(std::string_view bytes) {
  while (connected() && !bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return close();
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void MilterClient::quit() {
  send_command('Q');
  close();
}

void MilterClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

MilterReply MilterClient::receive() {
  constexpr std::uint32_t kMaxPacket = 1 << 20;
  std::array<char, 4> header{};
  if (!receive_bytes(header.data(), header.size())) return {};
  const std::uint32_t size = from_big_endian({header.data(), header.size()});
  if (size == 0 || size > kMaxPacket) return {};
  std::string body(size, '\0');
  if (!receive_bytes(body.data(), body.size())) return {};
  return MilterReply{body[0], body.substr(1)};
}

bool MilterClient::stays_silent(std::chrono::milliseconds patience) {
  pollfd polled{socket_, POLLIN, 0};
  return connected() && ::poll(&polled, 1, static_cast<int>(patience.count())) == 0;
}

bool MilterClient::is_hung_up(std::chrono::milliseconds patience) {
  pollfd polled{socket_, POLLIN, 0};
  if (!connected()) return true;
  if (::poll(&polled, 1, static_cast<int>(patience.count())) <= 0) return false;
  char byte = 0;
  return ::recv(socket_, &byte, 1, MSG_PEEK) <= 0;
}

bool MilterClient::receive_bytes(char* to, std::size_t size) {
  while (connected() && size > 0) {
    const ssize_t received = ::recv(socket_, to, size, 0);
    if (received < 0 && errno == EINTR) continue;  // a child of this program has ended
    if (received <= 0) {
      close();
      return false;
    }
    to += received;
    size -= static_cast<std::size_t>(received);
  }
  return connected();
}

MilterClient negotiated(const std::string& socket_path) {
  MilterClient client(socket_path);
  client.negotiate();
  return client;
}

}  // namespace portcullis::testing
