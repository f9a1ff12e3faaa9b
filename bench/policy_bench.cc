// A policy of a million mixed entries: loading it from text, the memory it takes, and verdicts.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <unistd.h>

#include "config/policy_file.h"
#include "policy/policy.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 20261121;
constexpr Time kNow{std::chrono::seconds{1'800'000'000}};

// Resident memory of this process in bytes.
std::int64_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::int64_t size = 0;
  std::int64_t resident = 0;
  statm >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// A host-heavy deny list: 70 % IPv4 hosts, 15 % IPv4 networks, 10 % IPv6 hosts and /64s, 5 % IPv6
// networks, in the order in which a feed would have them: none.
std::vector<IpPrefix> random_entries(std::size_t count) {
  std::mt19937_64 random(kSeed);
  std::vector<IpPrefix> entries;
  for (std::size_t i = 0; i < count; ++i) {
    const auto kind = random() % 100;
    const auto ipv4 =
        IpAddress::from_ipv4(static_cast<std::uint32_t>(random() % 0xdf00'0000) + 0x0100'0000);
    const auto ipv6 = IpAddress::from_bits(
        static_cast<AddressBits>(0x2001'0000'0000'0000 + random() % 0x00ff'ffff'ffff'0000) << 64 |
            random(),
        AddressFamily::ipv6);
    if (kind < 70) {
      entries.push_back(IpPrefix::host(ipv4));
    } else if (kind < 85) {
      entries.emplace_back(ipv4, static_cast<unsigned>(16 + random() % 13));
    } else if (kind < 95) {
      entries.emplace_back(ipv6, random() % 2 == 0 ? 128 : 64);
    } else {
      entries.emplace_back(ipv6, static_cast<unsigned>(32 + random() % 25));
    }
  }
  return entries;
}

// A policy file and its list in a directory that goes with the process.
class PolicyOnDisk {
 public:
  explicit PolicyOnDisk(std::size_t count) : entries_(random_entries(count)) {
    std::string name = (fs::temp_directory_path() / "portcullis-bench-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    std::ofstream list(directory_ / "deny.list");
    for (const IpPrefix& entry : entries_) list << entry.to_string() << '\n';
    std::ofstream policy(directory_ / "portcullis.conf");
    policy << "[listener inbound]\nmax_connections_per_client = 20\n"
              "[class deny]\naction = deny\nclients = file:deny.list\n";
  }
  ~PolicyOnDisk() { fs::remove_all(directory_); }
  PolicyOnDisk(const PolicyOnDisk&) = delete;
  PolicyOnDisk& operator=(const PolicyOnDisk&) = delete;

  LoadedPolicy load() const {
    auto loaded = load_policy((directory_ / "portcullis.conf").string());
    if (!loaded) {
      std::fputs(loaded.error().format_all().c_str(), stderr);
      std::abort();
    }
    return *std::move(loaded);
  }
  const std::vector<IpPrefix>& entries() const { return entries_; }
  std::string list_path() const { return (directory_ / "deny.list").string(); }

 private:
  std::vector<IpPrefix> entries_;
  fs::path directory_;
};

void load_policy_from_text(benchmark::State& state) {
  const PolicyOnDisk on_disk(static_cast<std::size_t>(state.range(0)));
  const std::int64_t before = resident_bytes();
  std::int64_t grown = 0;
  std::size_t held = 0;
  for (auto _ : state) {
    const LoadedPolicy loaded = on_disk.load();
    held = loaded.policy->memory_bytes();
    grown = std::max(grown, resident_bytes() - before);
  }
  state.counters["tables_MB"] = static_cast<double>(held) / 1e6;
  state.counters["rss_growth_MB"] = static_cast<double>(grown) / 1e6;
  state.counters["ns_per_entry"] = benchmark::Counter(
      static_cast<double>(state.range(0)) * 1e-9,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(load_policy_from_text)
    ->RangeMultiplier(10)
    ->Range(1'000, 1'000'000)
    ->Unit(benchmark::kMillisecond);

// The floor for reading a list: inet_pton(3) alone on the same lines, without their lengths.
void inet_pton_on_the_same_lines(benchmark::State& state) {
  const PolicyOnDisk on_disk(static_cast<std::size_t>(state.range(0)));
  std::vector<std::string> lines;
  for (const IpPrefix& entry : on_disk.entries()) lines.push_back(entry.first().to_string());
  for (auto _ : state) {
    unsigned char bytes[16];
    for (const std::string& line : lines) {
      const int family = line.find(':') == std::string::npos ? AF_INET : AF_INET6;
      benchmark::DoNotOptimize(inet_pton(family, line.c_str(), bytes));
    }
  }
}
BENCHMARK(inet_pton_on_the_same_lines)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

enum class Asked { anywhere, inside_entries };

void evaluate_connect(benchmark::State& state, Asked asked) {
  const PolicyOnDisk on_disk(static_cast<std::size_t>(state.range(0)));
  const LoadedPolicy loaded = on_disk.load();
  std::mt19937_64 random(kSeed + 1);
  std::vector<Client> clients(1 << 16);
  for (Client& client : clients) {
    client.address = asked == Asked::inside_entries
                         ? on_disk.entries()[random() % on_disk.entries().size()].last()
                         : IpAddress::from_ipv4(static_cast<std::uint32_t>(random()));
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const Verdict verdict =
        loaded.policy->evaluate_connect(ListenerIndex{}, clients[i++ & 0xffff], kNow);
    benchmark::DoNotOptimize(verdict.disposition);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(evaluate_connect, anywhere, Asked::anywhere)->Range(1'000, 1'000'000);
BENCHMARK_CAPTURE(evaluate_connect, inside_entries, Asked::inside_entries)->Range(1'000, 1'000'000);

}  // namespace
}  // namespace portcullis
