#pragma once

#include <string>
#include <vector>

#include "policy/ip_prefix.h"

namespace portcullis {

// One address of this machine with the network that its interface is in.
struct InterfaceAddress {
  std::string interface;  // "eth0"
  IpAddress address;
  IpPrefix network;  // as wide as the interface's mask says; a host for point-to-point links
};

// What a policy must not lock out by mistake.
struct HostAddresses {
  std::vector<InterfaceAddress> interfaces;  // those that are up, loopback and link-local included
  std::vector<IpAddress> gateways;           // next hops of default routes
};

// Asks the kernel: getifaddrs(3), /proc/net/route, /proc/net/ipv6_route. What cannot be read is
// left out. Zone ids of link-local addresses are dropped.
HostAddresses host_addresses();

// Whether ::1 is one of them. A machine without IPv6 has none.
bool has_ipv6_loopback();

// The next hops of the default routes in the text of /proc/net/route and /proc/net/ipv6_route.
std::vector<IpAddress> ipv4_gateways(const std::string& route_table);
std::vector<IpAddress> ipv6_gateways(const std::string& route_table);

}  // namespace portcullis
