// What the tests of all formats stand on: random lists and the comparison of address sets. The
// judge is Python's ipaddress module, which shares no line with us.
#include "tests/support/random_list.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/mta/support/child_process.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

namespace portcullis::testing {
namespace {

// An address the long way, as our to_string() never writes it.
std::string exploded(const IpAddress& address) {
  if (address.is_ipv4()) return address.to_string();
  std::string text;
  for (int shift = 112; shift >= 0; shift -= 16) {
    text += fmt::format("{:04X}", static_cast<unsigned>(address.bits() >> shift) & 0xffff);
    if (shift > 0) text += ':';
  }
  return text;
}

// What `program` prints for the lines of `input`.
std::string python(const std::string& program, const std::string& input) {
  const golden::ScratchFolder folder;
  const CommandResult result =
      run_command({"python3", "-c", "import ipaddress, sys\n" + program, folder.file("in", input)});
  EXPECT_TRUE(result.status.success()) << result.error;
  return result.output;
}

TEST(RandomList, CanonicalTextIsThatOfPython) {
  for (const auto seed : seeds()) {
    Random random(seed);
    std::string input;
    std::string ours;
    for (const ListEntry& entry : random_list({.ranges = false, .names = false}, 1000, random)) {
      const auto network = std::get<IpPrefix>(entry.listed);
      input += fmt::format("{}/{}\n", exploded(network.first()), network.length());
      ours += network.to_string() + '\n';
    }
    EXPECT_EQ(python("for line in open(sys.argv[1]):\n"
                     "  n = ipaddress.ip_network(line.strip())\n"
                     "  print(n if n.num_addresses > 1 else n.network_address)\n",
                     input),
              ours);
  }
}

TEST(RandomList, MinimalNetworksAreThoseOfPython) {
  for (const auto seed : seeds()) {
    Random random(seed);
    std::string input;
    std::vector<ListEntry> entries = random_list({.names = false}, 1000, random);
    for (const ListEntry& entry : entries) {
      const auto networks = networks_of(entry.listed);
      input += fmt::format("{} {}\n", exploded(networks.front().first()),
                           exploded(networks.back().last()));
    }
    std::string ours;
    for (const IpPrefix& network : addresses_of(entries)) {
      ours += fmt::format("{}/{}\n", network.first().to_string(), network.length());
    }
    EXPECT_EQ(python("ranges = {4: [], 6: []}\n"
                     "for line in open(sys.argv[1]):\n"
                     "  a, b = map(ipaddress.ip_address, line.split())\n"
                     "  ranges[a.version] += ipaddress.summarize_address_range(a, b)\n"
                     "for family in (4, 6):\n"
                     "  for n in ipaddress.collapse_addresses(ranges[family]): print(n)\n",
                     input),
              ours);
  }
}

}  // namespace
}  // namespace portcullis::testing
