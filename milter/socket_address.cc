#include "milter/socket_address.h"

#include <charconv>

#include <sys/socket.h>
#include <sys/un.h>

namespace portcullis {
namespace {

constexpr std::size_t kMaxPathLength = sizeof(sockaddr_un::sun_path) - 1;

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

tl::expected<SocketAddress, std::string> parse_path(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return tl::unexpected(std::string("does not name an absolute path"));
  }
  if (path.find('\0') != std::string_view::npos) {
    return tl::unexpected(std::string("holds a NUL byte"));
  }
  if (path.size() > kMaxPathLength) {
    return tl::unexpected("is longer than a Unix socket's path may be, " +
                          std::to_string(kMaxPathLength) + " bytes");
  }
  return UnixSocketAddress{std::string(path)};
}

tl::expected<SocketAddress, std::string> parse_tcp(int family, std::string_view text) {
  const auto at = text.find('@');
  const std::string_view port = text.substr(0, at);
  std::string_view host = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (!is_port(port)) return tl::unexpected(std::string("has no port from 1 to 65535"));
  return TcpSocketAddress{family, std::string(host), std::string(port)};
}

}  // namespace

tl::expected<SocketAddress, std::string> parse_socket_address(std::string_view text) {
  if (text.starts_with('/')) return parse_path(text);
  const auto colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    const std::string_view rest = text.substr(colon + 1);
    if (kind == "unix" || kind == "local") return parse_path(rest);
    if (kind == "inet") return parse_tcp(AF_INET, rest);
    if (kind == "inet6") return parse_tcp(AF_INET6, rest);
  }
  return tl::unexpected(std::string("is not unix:/path, inet:port@host or inet6:port@host"));
}

std::string to_string(const SocketAddress& address) {
  if (const auto* local = std::get_if<UnixSocketAddress>(&address)) return "unix:" + local->path;
  const auto& tcp = std::get<TcpSocketAddress>(address);
  std::string text = tcp.family == AF_INET ? "inet:" : "inet6:";
  text += tcp.port;
  if (!tcp.host.empty()) text += "@" + tcp.host;
  return text;
}

}  // namespace portcullis
