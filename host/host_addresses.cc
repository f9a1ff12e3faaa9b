#include "host/host_addresses.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

namespace portcullis {
namespace {

std::optional<IpAddress> address_of(const sockaddr* socket_address) {
  if (socket_address == nullptr) return {};
  if (socket_address->sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, socket_address, sizeof ipv4);
    return IpAddress::from_ipv4(ntohl(ipv4.sin_addr.s_addr));
  }
  if (socket_address->sa_family == AF_INET6) {
    sockaddr_in6 ipv6{};
    std::memcpy(&ipv6, socket_address, sizeof ipv6);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &ipv6.sin6_addr, bytes.size());
    return IpAddress::from_ipv6(bytes);
  }
  return {};
}

unsigned leading_ones(const IpAddress& mask) {
  unsigned length = 0;
  for (AddressBits bits = mask.bits(); length < mask.width() && (bits >> 127) != 0; bits <<= 1) {
    ++length;
  }
  return length;
}

// A netmask of IPv6 is no address: ffff:: would be none of ours to fold.
unsigned mask_length(const sockaddr* mask, const IpAddress& address) {
  const auto parsed = address_of(mask);
  if (!parsed || parsed->family() != address.family()) return address.width();
  return leading_ones(*parsed);
}

std::string contents_of(const char* path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::optional<std::uint32_t> hexadecimal(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

std::vector<IpAddress> ipv4_gateways(const std::string& route_table) {
  std::vector<IpAddress> gateways;
  std::istringstream lines(route_table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string interface, destination, gateway, flags, skipped, mask;
    fields >> interface >> destination >> gateway >> flags >> skipped >> skipped >> skipped >> mask;
    const auto hop = hexadecimal(gateway);
    if (destination != "00000000" || mask != "00000000" || !hop || *hop == 0) continue;
    // The kernel prints the address as a number of this machine's byte order.
    gateways.push_back(IpAddress::from_ipv4(ntohl(*hop)));
  }
  return gateways;
}

std::vector<IpAddress> ipv6_gateways(const std::string& route_table) {
  constexpr std::string_view kNowhere = "00000000000000000000000000000000";
  std::vector<IpAddress> gateways;
  std::istringstream lines(route_table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string destination, length, source, source_length, hop;
    fields >> destination >> length >> source >> source_length >> hop;
    if (destination != kNowhere || length != "00" || hop.size() != 32 || hop == kNowhere) continue;
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(
          hexadecimal(std::string_view(hop).substr(2 * i, 2)).value_or(0));
    }
    gateways.push_back(IpAddress::from_ipv6(bytes));
  }
  return gateways;
}

HostAddresses host_addresses() {
  HostAddresses host;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) == 0) {
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
    for (const ifaddrs* i = first; i != nullptr; i = i->ifa_next) {
      const auto address = address_of(i->ifa_addr);
      if (!address || (i->ifa_flags & IFF_UP) == 0) continue;
      host.interfaces.push_back(
          {i->ifa_name, *address, IpPrefix(*address, mask_length(i->ifa_netmask, *address))});
    }
  }
  host.gateways = ipv4_gateways(contents_of("/proc/net/route"));
  for (const IpAddress& gateway : ipv6_gateways(contents_of("/proc/net/ipv6_route"))) {
    host.gateways.push_back(gateway);
  }
  return host;
}

bool has_ipv6_loopback() {
  const HostAddresses host = host_addresses();
  return std::ranges::any_of(host.interfaces, [](const InterfaceAddress& each) {
    return each.address.to_string() == "::1";
  });
}

}  // namespace portcullis
