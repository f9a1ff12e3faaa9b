// DPDK's forwarding tables: rte_fib (DIR-24-8) with next hops of 4 and of 2 bytes, rte_lpm6 and
// rte_fib6. DPDK is used without huge pages, for a mail filter has none, and ours asks for none.

#include <array>
#include <cstdio>
#include <string>

#include <rte_eal.h>
#include <rte_fib.h>
#include <rte_fib6.h>
#include <rte_lpm6.h>
#include <rte_memory.h>
#include <sched.h>

#include "bench/matcher/timed_matcher.h"

namespace portcullis::bench {
namespace {

// No table may need more than this many megabytes; untouched ones cost nothing.
constexpr std::size_t kMaxMegabytes = 3072;

bool start_dpdk() {
  // It binds the thread that starts it to one processor. The benchmark decides that.
  cpu_set_t processors;
  sched_getaffinity(0, sizeof processors, &processors);
  std::array<std::string, 10> arguments = {"bench",
                                           "--no-huge",
                                           "--no-shconf",
                                           "--no-pci",
                                           "--no-telemetry",
                                           "--log-level=error",
                                           "-l",
                                           "0",
                                           "-m",
                                           std::to_string(2 * kMaxMegabytes)};
  std::array<char*, arguments.size()> argv{};
  for (std::size_t i = 0; i < argv.size(); ++i) argv[i] = arguments[i].data();
  const bool started = rte_eal_init(static_cast<int>(argv.size()), argv.data()) >= 0;
  sched_setaffinity(0, sizeof processors, &processors);
  return started;
}

bool dpdk_started() {
  static const bool started = start_dpdk();
  return started;
}

// How many groups of 256 slots a table needs that divides by one byte from bit `first` on.
std::size_t groups(const std::vector<PrefixOutcome>& sorted, unsigned first) {
  std::size_t count = 0;
  std::array<AddressBits, 17> last;
  last.fill(1);  // no prefix of at most 120 bits
  for (const PrefixOutcome& entry : sorted) {
    for (unsigned length = first; length < entry.prefix.length(); length += 8) {
      const AddressBits block = entry.prefix.bits() & prefix_mask(length);
      if (std::exchange(last[length / 8], block) != block) ++count;
    }
  }
  return count;
}

// DPDK finds its tables by name, so that no two may have the same.
std::string unique_name() {
  static unsigned count = 0;
  return "table" + std::to_string(++count);
}

// Next hops are outcomes, but for the one that stands for none.
Outcome outcome_of(std::uint64_t next_hop, std::uint64_t none) {
  return next_hop == none ? kNoOutcome : static_cast<Outcome>(next_hop);
}

class Fib {
 public:
  using Key = std::uint32_t;
  static Key key(IpAddress address) { return address.ipv4_value(); }

  Fib(const std::vector<PrefixOutcome>& sorted, rte_fib_dir24_8_nh_sz size,
      rte_fib_lookup_type lookup)
      : none_((std::uint64_t{1} << (8 * (1U << size) - 1)) - 1), groups_(groups(sorted, 24) + 1) {
    rte_fib_conf conf{};
    conf.type = RTE_FIB_DIR24_8;
    conf.default_nh = none_;
    conf.max_routes = static_cast<int>(sorted.size() + 1);
    conf.dir24_8.nh_sz = size;
    conf.dir24_8.num_tbl8 = static_cast<std::uint32_t>(groups_);
    slot_bytes_ = std::size_t{1} << size;
    if (memory_bytes() / 1'000'000 > kMaxMegabytes) return;
    const Stopwatch watch;
    fib_ = rte_fib_create(unique_name().c_str(), SOCKET_ID_ANY, &conf);
    build_.create_seconds = watch.seconds();
    if (fib_ == nullptr || rte_fib_select_lookup(fib_, lookup) != 0 || !add_all(sorted)) {
      rte_fib_free(std::exchange(fib_, nullptr));
    }
  }
  Fib(Fib&& other) noexcept
      : fib_(std::exchange(other.fib_, nullptr)),
        none_(other.none_),
        groups_(other.groups_),
        slot_bytes_(other.slot_bytes_) {}
  ~Fib() { rte_fib_free(fib_); }

  bool made() const { return fib_ != nullptr; }
  const DpdkBuild& build() const { return build_; }

  Outcome find(Key key) const {
    std::uint64_t found = 0;
    rte_fib_lookup_bulk(fib_, &key, &found, 1);
    return outcome_of(found, none_);
  }
  Outcome find_all(std::span<Key> keys) const {
    std::array<std::uint64_t, kBulk> found{};
    Outcome sum = 0;
    for (std::size_t i = 0; i + kBulk <= keys.size(); i += kBulk) {
      rte_fib_lookup_bulk(fib_, &keys[i], found.data(), kBulk);
      for (const std::uint64_t next_hop : found) sum += static_cast<Outcome>(next_hop);
    }
    return sum;
  }
  // The tables of the lookup, without the tree of routes from which they are made.
  std::size_t memory_bytes() const {
    return ((std::size_t{1} << 24) + groups_ * 256) * slot_bytes_;
  }

 private:
  bool add_all(const std::vector<PrefixOutcome>& sorted) {
    const Stopwatch watch;
    for (const auto& [prefix, outcome] : sorted) {
      const auto length = static_cast<std::uint8_t>(prefix.length());
      if (rte_fib_add(fib_, prefix.first().ipv4_value(), length, outcome) != 0) return false;
    }
    build_.add_seconds = watch.seconds();
    return true;
  }

  rte_fib* fib_ = nullptr;
  std::uint64_t none_;
  std::size_t groups_;
  std::size_t slot_bytes_ = 0;
  DpdkBuild build_;
};

// Without the call for many addresses.
class FibOneByOne : private Fib {
 public:
  using Fib::Fib;
  using Fib::find;
  using Fib::Key;
  using Fib::key;
  using Fib::made;
  using Fib::memory_bytes;
};

class Lpm6 {
 public:
  using Key = Ipv6Bytes;
  static Key key(IpAddress address) { return network_order(address); }

  explicit Lpm6(const std::vector<PrefixOutcome>& sorted) : groups_(groups(sorted, 24) + 1) {
    constexpr std::size_t kMaxGroups = std::size_t{1} << 21;  // next hops and groups have 21 bits
    rte_lpm6_config config{};
    config.max_rules = static_cast<std::uint32_t>(sorted.size() + 1);
    config.number_tbl8s = static_cast<std::uint32_t>(groups_);
    if (groups_ >= kMaxGroups || memory_bytes() / 1'000'000 > kMaxMegabytes) return;
    lpm_ = rte_lpm6_create(unique_name().c_str(), SOCKET_ID_ANY, &config);
    if (lpm_ == nullptr) return;
    for (const auto& [prefix, outcome] : sorted) {
      const auto length = static_cast<std::uint8_t>(prefix.length());
      if (rte_lpm6_add(lpm_, network_order(prefix.first()).data(), length, outcome) == 0) continue;
      rte_lpm6_free(std::exchange(lpm_, nullptr));
      return;
    }
  }
  Lpm6(Lpm6&& other) noexcept : lpm_(std::exchange(other.lpm_, nullptr)), groups_(other.groups_) {}
  ~Lpm6() { rte_lpm6_free(lpm_); }

  bool made() const { return lpm_ != nullptr; }

  Outcome find(const Key& key) const {
    std::uint32_t found = 0;
    return rte_lpm6_lookup(lpm_, key.data(), &found) == 0 ? found : kNoOutcome;
  }
  Outcome find_all(std::span<Key> keys) const {
    std::array<std::int32_t, kBulk> found{};
    Outcome sum = 0;
    for (std::size_t i = 0; i + kBulk <= keys.size(); i += kBulk) {
      auto* ips = reinterpret_cast<std::uint8_t(*)[RTE_LPM6_IPV6_ADDR_SIZE]>(keys[i].data());
      rte_lpm6_lookup_bulk_func(lpm_, ips, found.data(), kBulk);
      for (const std::int32_t next_hop : found) sum += static_cast<Outcome>(next_hop);
    }
    return sum;
  }
  std::size_t memory_bytes() const { return ((std::size_t{1} << 24) + groups_ * 256) * 4; }

 private:
  rte_lpm6* lpm_ = nullptr;
  std::size_t groups_;
};

class Fib6 {
 public:
  using Key = Ipv6Bytes;
  static Key key(IpAddress address) { return network_order(address); }

  // It sets groups aside for each route, also where routes share them: how many must be tried.
  explicit Fib6(const std::vector<PrefixOutcome>& sorted) : groups_(groups(sorted, 24) + 1) {
    for (int doubled = 0; doubled < 4 && !made(); ++doubled, groups_ *= 2) try_to_hold(sorted);
    groups_ /= 2;
  }
  Fib6(Fib6&& other) noexcept : fib_(std::exchange(other.fib_, nullptr)), groups_(other.groups_) {}
  ~Fib6() { rte_fib6_free(fib_); }

  bool made() const { return fib_ != nullptr; }
  const DpdkBuild& build() const { return build_; }

  Outcome find(Key key) const {
    std::uint64_t found = 0;
    auto* ips = reinterpret_cast<std::uint8_t(*)[RTE_FIB6_IPV6_ADDR_SIZE]>(key.data());
    rte_fib6_lookup_bulk(fib_, ips, &found, 1);
    return outcome_of(found, kNone);
  }
  Outcome find_all(std::span<Key> keys) const {
    std::array<std::uint64_t, kBulk> found{};
    Outcome sum = 0;
    for (std::size_t i = 0; i + kBulk <= keys.size(); i += kBulk) {
      auto* ips = reinterpret_cast<std::uint8_t(*)[RTE_FIB6_IPV6_ADDR_SIZE]>(keys[i].data());
      rte_fib6_lookup_bulk(fib_, ips, found.data(), kBulk);
      for (const std::uint64_t next_hop : found) sum += static_cast<Outcome>(next_hop);
    }
    return sum;
  }
  std::size_t memory_bytes() const { return ((std::size_t{1} << 24) + groups_ * 256) * 4; }

 private:
  static constexpr std::uint64_t kNone = 0x7fff'ffff;

  void try_to_hold(const std::vector<PrefixOutcome>& sorted) {
    rte_fib6_conf conf{};
    conf.type = RTE_FIB6_TRIE;
    conf.default_nh = kNone;
    conf.max_routes = static_cast<int>(sorted.size() + 1);
    conf.trie.nh_sz = RTE_FIB6_TRIE_4B;
    conf.trie.num_tbl8 = static_cast<std::uint32_t>(groups_);
    if (memory_bytes() / 1'000'000 > kMaxMegabytes) return;
    const Stopwatch watch;
    fib_ = rte_fib6_create(unique_name().c_str(), SOCKET_ID_ANY, &conf);
    build_.create_seconds = watch.seconds();
    if (fib_ != nullptr && !add_all(sorted)) rte_fib6_free(std::exchange(fib_, nullptr));
  }

  bool add_all(const std::vector<PrefixOutcome>& sorted) {
    const Stopwatch watch;
    for (const auto& [prefix, outcome] : sorted) {
      const Ipv6Bytes first = network_order(prefix.first());
      const auto length = static_cast<std::uint8_t>(prefix.length());
      if (rte_fib6_add(fib_, first.data(), length, outcome) != 0) return false;
    }
    build_.add_seconds = watch.seconds();
    return true;
  }

  rte_fib6* fib_ = nullptr;
  std::size_t groups_;
  DpdkBuild build_;
};

template <typename Structure>
void append(Matchers& matchers, const char* name, Structure structure) {
  if (structure.made()) {
    matchers.push_back(std::make_unique<TimedMatcher<Structure>>(name, std::move(structure)));
  } else {
    std::fprintf(stderr, "%s is left out: it cannot hold this table\n", name);
  }
}

}  // namespace

void append_dpdk(Matchers& matchers, const std::vector<PrefixOutcome>& sorted) {
  if (!dpdk_started()) {
    std::fputs("DPDK is left out: it does not start\n", stderr);
  } else if (sorted.front().prefix.family() == AddressFamily::ipv4) {
    const auto scalar = RTE_FIB_LOOKUP_DIR24_8_SCALAR_MACRO;
    append(matchers, "rte_fib_4", Fib(sorted, RTE_FIB_DIR24_8_4B, scalar));
    append(matchers, "rte_fib_4_one_by_one", FibOneByOne(sorted, RTE_FIB_DIR24_8_4B, scalar));
    append(matchers, "rte_fib_2", Fib(sorted, RTE_FIB_DIR24_8_2B, scalar));
  } else {
    append(matchers, "rte_lpm6", Lpm6(sorted));
    append(matchers, "rte_fib6", Fib6(sorted));
  }
}

std::optional<DpdkBuild> dpdk_build(const std::vector<PrefixOutcome>& entries) {
  if (!dpdk_started()) return std::nullopt;
  const auto build_of = [](const auto& fib) {
    return fib.made() ? std::optional(fib.build()) : std::nullopt;
  };
  if (entries.front().prefix.family() == AddressFamily::ipv6) return build_of(Fib6(entries));
  return build_of(Fib(entries, RTE_FIB_DIR24_8_4B, RTE_FIB_LOOKUP_DIR24_8_SCALAR_MACRO));
}

}  // namespace portcullis::bench
