#include "milter/client_facts.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace portcullis {
namespace {

// RFC 1035 section 2.3.4.
constexpr std::size_t kMaxHostName = 255;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

std::string_view macro(SMFICTX* context, const char* name) {
  const char* value = ::smfi_getsymval(context, const_cast<char*>(name));
  if (value == nullptr) return {};
  return {value, ::strnlen(value, kMaxHostName)};
}

}  // namespace

std::optional<IpAddress> client_address(const sockaddr* peer) {
  if (peer == nullptr) return std::nullopt;
  if (peer->sa_family == AF_INET) {
    sockaddr_in inet{};
    std::memcpy(&inet, peer, sizeof inet);
    return IpAddress::from_ipv4(ntohl(inet.sin_addr.s_addr));
  }
  if (peer->sa_family == AF_INET6) {
    sockaddr_in6 inet6{};
    std::memcpy(&inet6, peer, sizeof inet6);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &inet6.sin6_addr, bytes.size());
    return IpAddress::from_ipv6(bytes);
  }
  return std::nullopt;
}

std::string_view verified_name(const char* host, std::string_view client_resolve) {
  if (host == nullptr || client_resolve != "OK") return {};
  const std::string_view name(host, ::strnlen(host, kMaxHostName + 1));
  if (name.empty() || name.size() > kMaxHostName) return {};
  return std::ranges::all_of(name, is_name_character) ? name : std::string_view();
}

ConnectFacts client_facts(SMFICTX* context, const char* host, const sockaddr* peer) {
  ConnectFacts facts;
  facts.address = client_address(peer);
  facts.verified_name = verified_name(host, macro(context, "{client_resolve}"));
  facts.service = {macro(context, "{daemon_name}"), macro(context, "{daemon_addr}"),
                   macro(context, "{daemon_port}")};
  return facts;
}

}  // namespace portcullis
