#include "host/host_addresses.h"

#include <algorithm>

#include <gmock/gmock.h>

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

IpAddress address(const char* text) {
  return *IpAddress::parse(text);
}

TEST(HostAddresses, LoopbackIsAmongThem) {
  const HostAddresses host = host_addresses();
  const auto loopback =
      std::ranges::find(host.interfaces, address("127.0.0.1"), &InterfaceAddress::address);
  ASSERT_NE(loopback, host.interfaces.end());
  EXPECT_EQ(loopback->network, IpPrefix(address("127.0.0.0"), 8));
}

TEST(HostAddresses, DefaultGatewaysOfIpv4) {
  // Routes as the kernel prints them on a little-endian machine.
  EXPECT_THAT(
      ipv4_gateways("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
                    "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                    "eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
                    "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"),
      ElementsAre(address("192.168.2.1")));
  EXPECT_THAT(ipv4_gateways(""), IsEmpty());
}

TEST(HostAddresses, DefaultGatewaysOfIpv6) {
  EXPECT_THAT(
      ipv6_gateways("00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
                    "20010db8000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n"
                    "20010db8000000000000000000000000 40 00000000000000000000000000000000 00 "
                    "00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n"),
      ElementsAre(address("2001:db8::1")));
}

}  // namespace
}  // namespace portcullis
