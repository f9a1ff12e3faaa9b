// The difference of two policies of up to a million entries each.

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "policy/policy_builder.h"
#include "policy/policy_difference.h"

namespace portcullis {
namespace {

constexpr std::uint64_t kSeed = 20261121;
constexpr Time kNow{std::chrono::seconds{1'800'000'000}};

std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// As in policy_bench: 70 % IPv4 hosts, 15 % IPv4 networks, 10 % IPv6 hosts and /64s, 5 % IPv6
// networks.
IpPrefix random_entry(std::mt19937_64& random) {
  const auto kind = random() % 100;
  const auto ipv4 =
      IpAddress::from_ipv4(static_cast<std::uint32_t>(random() % 0xdf00'0000) + 0x0100'0000);
  const auto ipv6 = IpAddress::from_bits(
      static_cast<AddressBits>(0x2001'0000'0000'0000 + random() % 0x00ff'ffff'ffff'0000) << 64 |
          random(),
      AddressFamily::ipv6);
  if (kind < 70) return IpPrefix::host(ipv4);
  if (kind < 85) return {ipv4, static_cast<unsigned>(16 + random() % 13)};
  if (kind < 95) return {ipv6, random() % 2 == 0 ? 128U : 64U};
  return {ipv6, static_cast<unsigned>(32 + random() % 25)};
}

// `count` entries; one in `replaced` is another than in the policy that replaces none.
std::shared_ptr<const Policy> make_policy(std::size_t count, std::size_t listeners,
                                          std::size_t replaced) {
  PolicyBuilder builder;
  for (std::size_t l = 0; l < listeners; ++l) {
    Listener listener;
    listener.name = "listener" + std::to_string(l);
    builder.add_listener(listener);
  }
  ClientClass denied;
  denied.name = "deny";
  denied.action = Action::deny;
  const SourceIndex source = builder.add_source(builder.add_class(denied), "deny.list");
  std::mt19937_64 random(kSeed);
  std::mt19937_64 other(kSeed + 1);
  for (std::uint32_t line = 1; line <= count; ++line) {
    const IpPrefix usual = random_entry(random);
    const bool is_other = replaced != 0 && line % replaced == 0;
    builder.add_network(source, is_other ? random_entry(other) : usual, line, std::nullopt);
  }
  return *builder.build();
}

// Arguments: entries on each side, listeners, one entry in how many differs.
void compare_policies(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto listeners = static_cast<std::size_t>(state.range(1));
  const auto before = make_policy(count, listeners, 0);
  const auto after = make_policy(count, listeners, static_cast<std::size_t>(state.range(2)));
  std::size_t networks = 0;
  const std::int64_t resident = resident_bytes();
  for (auto _ : state) {
    const PolicyDifference difference = compare_policies(*before, *after, {kNow});
    networks = 0;
    for (const ListenerDifference& group : difference.listeners) {
      for (const TreatmentChange& change : group.changes) networks += change.networks.size();
    }
  }
  state.counters["networks"] = static_cast<double>(networks);
  state.counters["rss_growth_MB"] = static_cast<double>(resident_bytes() - resident) / 1e6;
}
BENCHMARK(compare_policies)
    ->ArgNames({"entries", "listeners", "one_in"})
    ->Args({1'000'000, 1, 0})
    ->Args({1'000'000, 1, 100})
    ->Args({1'000'000, 1, 1})
    ->Args({1'000'000, 3, 100})
    ->Args({100'000, 1, 100})
    ->Args({10'000, 1, 100})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace portcullis
