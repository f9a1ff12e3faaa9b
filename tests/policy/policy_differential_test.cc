// The compiled policy against a linear scan that follows DESIGN's evaluation order by its words.

#include <array>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policy/policy.h"
#include "policy/policy_builder.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

struct ScannedEntry {
  IpPrefix prefix;
  std::size_t client_class = 0;
  std::uint32_t line = 0;
  std::optional<Time> expires;
};

struct ScannedClass {
  Action action = Action::deny;
  std::vector<ListenerIndex> listeners;
};

constexpr int kListeners = 3;
constexpr std::array kTimes{Time{std::chrono::seconds{100}}, Time{std::chrono::seconds{200}},
                            Time{std::chrono::seconds{300}}};

// What decides for one address: the entry, or nothing.
class LinearScan {
 public:
  std::vector<ScannedClass> classes;
  std::vector<ScannedEntry> entries;

  const ScannedEntry* decide(ListenerIndex listener, IpAddress address, Time now) const {
    const ScannedEntry* best = nullptr;
    for (const ScannedEntry& entry : entries) {
      if (!entry.prefix.contains(address)) continue;
      if (entry.expires && *entry.expires <= now) continue;
      if (!in_force(classes[entry.client_class], listener)) continue;
      if (best == nullptr || beats(entry, *best)) best = &entry;
    }
    return best;
  }

 private:
  static bool in_force(const ScannedClass& scanned, ListenerIndex listener) {
    if (scanned.listeners.empty()) return true;
    for (const ListenerIndex named : scanned.listeners) {
      if (named == listener) return true;
    }
    return false;
  }

  bool beats(const ScannedEntry& a, const ScannedEntry& b) const {
    const Action action_a = classes[a.client_class].action;
    const Action action_b = classes[b.client_class].action;
    const bool exempt_a = action_a == Action::exempt;
    const bool exempt_b = action_b == Action::exempt;
    if (exempt_a != exempt_b) return exempt_a;
    if (a.prefix.length() != b.prefix.length()) return a.prefix.length() > b.prefix.length();
    if (action_a != action_b) return action_a == Action::permit;
    return a.client_class < b.client_class;
  }
};

class RandomPolicy {
 public:
  explicit RandomPolicy(std::uint64_t seed) : random_(seed) {
    PolicyBuilder builder;
    for (int l = 0; l < kListeners; ++l) builder.add_listener(Listener{});
    const std::size_t classes = 1 + random_() % 6;
    std::vector<SourceIndex> sources;
    for (std::size_t c = 0; c < classes; ++c) sources.push_back(add_class(builder));
    const std::size_t entries = random_() % 60;
    for (std::uint32_t line = 1; line <= entries; ++line) {
      ScannedEntry entry{random_prefix(), random_() % classes, line, std::nullopt};
      if (random_() % 5 == 0) entry.expires = kTimes[random_() % kTimes.size()];
      scan.entries.push_back(entry);
      builder.add_network(sources[entry.client_class], entry.prefix, line, entry.expires);
    }
    policy = *builder.build();
  }

  // Near an entry's edge, inside one, or anywhere.
  IpAddress random_address() {
    if (scan.entries.empty() || random_() % 8 == 0) return random_prefix().first();
    const IpPrefix& prefix = scan.entries[random_() % scan.entries.size()].prefix;
    const AddressBits all = prefix_mask(address_width(prefix.family()));
    const AddressBits one = all & ~(all << 1);
    switch (random_() % 4) {
      case 0:
        return IpAddress::from_bits((prefix.bits() - one) & all, prefix.family());
      case 1:
        return IpAddress::from_bits((prefix.last().bits() + one) & all, prefix.family());
      case 2:
        return prefix.last();
      default:
        return prefix.first();
    }
  }

  ListenerIndex random_listener() { return static_cast<ListenerIndex>(random_() % kListeners); }
  Time random_time() {
    return kTimes[random_() % kTimes.size()] - std::chrono::seconds{random_() % 2};
  }

  LinearScan scan;
  std::shared_ptr<const Policy> policy;

 private:
  SourceIndex add_class(PolicyBuilder& builder) {
    ScannedClass scanned;
    scanned.action = static_cast<Action>(random_() % 3);
    for (int l = 0; l < kListeners; ++l) {
      if (random_() % 3 == 0) scanned.listeners.push_back(static_cast<ListenerIndex>(l));
    }
    ClientClass made;
    made.action = scanned.action;
    made.listeners = scanned.listeners;
    scan.classes.push_back(scanned);
    return builder.add_source(builder.add_class(made), "list");
  }

  // Few bits vary, so that prefixes nest, meet and repeat.
  IpPrefix random_prefix() {
    const bool ipv4 = random_() % 2 == 0;
    AddressBits bits = 0;
    for (int i = 0; i < 3; ++i) {
      bits |= static_cast<AddressBits>(random_() % 4) << (random_() % (ipv4 ? 31 : 127));
    }
    if (random_() % 4 == 0) bits = ~bits;
    if (ipv4) {
      return {IpAddress::from_ipv4(static_cast<std::uint32_t>(bits)),
              static_cast<unsigned>(1 + random_() % 32)};
    }
    return {IpAddress::from_bits(bits, AddressFamily::ipv6),
            static_cast<unsigned>(1 + random_() % 128)};
  }

  std::mt19937_64 random_;
};

TEST(PolicyDifferential, AgreesWithALinearScanOfTheEntries) {
  for (const std::uint64_t seed : testing::seeds()) {
    std::mt19937_64 seeds(seed);
    for (int round = 0; round < 4'000; ++round) {
      const std::uint64_t policy_seed = seeds();
      RandomPolicy random(policy_seed);
      for (int question = 0; question < 150; ++question) {
        const ListenerIndex listener = random.random_listener();
        const IpAddress address = random.random_address();
        const Time now = random.random_time();
        const ScannedEntry* expected = random.scan.decide(listener, address, now);
        const Verdict verdict = random.policy->evaluate_connect(listener, {address, {}}, now);
        ASSERT_EQ(verdict.entry.has_value(), expected != nullptr)
            << address.to_string() << " seed " << seed << " policy " << policy_seed;
        if (expected == nullptr) continue;
        const EntryDescription entry = random.policy->describe(*verdict.entry);
        ASSERT_EQ(entry.text, expected->prefix.to_string())
            << address.to_string() << " seed " << seed << " policy " << policy_seed;
        ASSERT_EQ(static_cast<std::size_t>(*verdict.client_class), expected->client_class)
            << address.to_string() << " seed " << seed << " policy " << policy_seed;
      }
    }
  }
}

}  // namespace
}  // namespace portcullis
