// Whose a port is that cannot be bound: the MTA's own, or another program's.
#include "contrib/taken_ports.h"

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/policy_file.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/mta/support/squatter.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint32_t kThird = 0x7f000003;  // 127.0.0.3

std::string taken(std::uint16_t port, const MtaService& service) {
  const ScratchDirectory files("ports");
  const auto loaded = load_policy(files.write(
      "policy.conf", fmt::format("[listener inbound]\naddress = 127.0.0.3\nport = {}\n", port)));
  EXPECT_TRUE(loaded) << loaded.error().format_all();
  return find_taken_ports(loaded->mta, {service}).format_all();
}

MtaService service_on(std::uint16_t port) {
  MtaService service;
  service.port = port;
  return service;
}

TEST(TakenPorts, AreNotThoseThatTheMtaHasEverywhere) {
  const Squatter itself(free_port(), kThird);
  EXPECT_THAT(taken(itself.port(), service_on(itself.port())), IsEmpty());
}

TEST(TakenPorts, AreThoseWhereTheMtaDoesNotListen) {
  const Squatter other(free_port(), kThird);
  MtaService service = service_on(other.port());
  service.interfaces = {*IpAddress::parse("127.0.0.1")};
  EXPECT_THAT(taken(other.port(), service), HasSubstr("cannot be listened on at 127.0.0.3"));
  service.interfaces.push_back(*IpAddress::parse("127.0.0.3"));
  EXPECT_THAT(taken(other.port(), service), IsEmpty());
}

}  // namespace
}  // namespace portcullis::testing
