// find_entry_fates() against an oracle that takes entries away and asks everybody again.

#include "lint/entry_fates.h"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "policy/policy_builder.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using Random = std::mt19937_64;

constexpr int kAddresses = 32;  // 192.0.2.0/27, or the same in IPv6
const Time kNow = Time(std::chrono::seconds(1000));

struct TestEntry {
  std::size_t client_class = 0;
  std::optional<IpPrefix> network;
  std::string name;
  std::optional<Time> expires;
};

struct TestPolicy {
  std::vector<ClientClass> classes;
  std::vector<Listener> listeners;
  std::vector<TestEntry> entries;
};

IpAddress address(AddressFamily family, unsigned number) {
  if (family == AddressFamily::ipv4) return IpAddress::from_ipv4(0xc000'0200U + number);
  return IpAddress::from_bits((static_cast<AddressBits>(0x2001'0db8) << 96) + number, family);
}

const std::vector<std::string>& host_names() {
  static const std::vector<std::string> names = {"a.example",   "b.a.example", "c.b.a.example",
                                                 "d.a.example", "b.example",   "example"};
  return names;
}

TestEntry random_entry(const TestPolicy& policy, bool expiring, Random& random) {
  TestEntry entry;
  entry.client_class = random() % policy.classes.size();
  if (random() % 4 == 0) {
    entry.name = (random() % 2 == 0 ? "." : "") + host_names()[random() % host_names().size()];
  } else {
    const auto family = random() % 3 == 0 ? AddressFamily::ipv6 : AddressFamily::ipv4;
    const unsigned length = address_width(family) - static_cast<unsigned>(random() % 6);
    entry.network = IpPrefix(address(family, static_cast<unsigned>(random() % kAddresses)), length);
  }
  if (expiring && random() % 3 == 0) {
    entry.expires = kNow + std::chrono::seconds(static_cast<int>(random() % 5) * 10 - 10);
  }
  return entry;
}

TestPolicy random_policy(bool expiring, std::size_t listeners, Random& random) {
  TestPolicy policy;
  policy.listeners.resize(listeners);
  for (std::size_t l = 0; l < policy.listeners.size(); ++l) {
    policy.listeners[l].name = fmt::format("l{}", l);
  }
  const std::size_t classes = 1 + random() % 4;
  for (std::size_t c = 0; c < classes; ++c) {
    ClientClass made;
    made.name = fmt::format("c{}", c);
    made.action = static_cast<Action>(random() % 3);
    if (random() % 3 == 0) {
      made.listeners = {static_cast<ListenerIndex>(random() % policy.listeners.size())};
    }
    if (made.action == Action::permit && random() % 2 == 0) made.max_connections = 5;
    policy.classes.push_back(made);
  }
  const std::size_t count = 1 + random() % 14;
  for (std::size_t e = 0; e < count; ++e) {
    policy.entries.push_back(random_entry(policy, expiring, random));
  }
  return policy;
}

// One source for every entry, so that its line tells which one it is.
std::shared_ptr<const Policy> build(const TestPolicy& policy, const std::vector<bool>& without) {
  PolicyBuilder builder;
  builder.keep_repeated();
  for (const Listener& l : policy.listeners) builder.add_listener(l);
  std::vector<SourceIndex> sources;
  for (const ClientClass& c : policy.classes) {
    sources.push_back(builder.add_source(builder.add_class(c), "x"));
  }
  for (std::size_t e = 0; e < policy.entries.size(); ++e) {
    if (without[e]) continue;
    const TestEntry& entry = policy.entries[e];
    const auto line = static_cast<std::uint32_t>(e + 1);
    if (entry.network) {
      builder.add_network(sources[entry.client_class], *entry.network, line, entry.expires);
    } else {
      builder.add_host_name(sources[entry.client_class], entry.name, line, entry.expires);
    }
  }
  return *builder.build();
}

// How everybody is treated, at every time that makes a difference: classes, or the default.
using Treatment = std::vector<const ClientClass*>;

Treatment treatment(const TestPolicy& test, const Policy& policy) {
  Treatment all;
  const auto ask = [&](std::size_t l, const Client& client, Time time) {
    const Verdict v = policy.evaluate_connect(static_cast<ListenerIndex>(l), client, time);
    all.push_back(v.client_class ? &test.classes[static_cast<std::size_t>(*v.client_class)]
                                 : nullptr);
  };
  for (int seconds = 0; seconds <= 40; seconds += 10) {
    const Time time = kNow + std::chrono::seconds(seconds);
    for (std::size_t l = 0; l < test.listeners.size(); ++l) {
      for (unsigned a = 0; a < kAddresses; ++a) {
        ask(l, {address(AddressFamily::ipv4, a), {}}, time);
        ask(l, {address(AddressFamily::ipv6, a), {}}, time);
      }
      for (const std::string& name : host_names()) {
        ask(l, {IpAddress::from_ipv4(1), name}, time);
        ask(l, {IpAddress::from_ipv4(1), "x." + name}, time);
      }
    }
  }
  return all;
}

bool same(const Treatment& a, const Treatment& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if ((a[i] == nullptr) != (b[i] == nullptr)) return false;
    if (a[i] != nullptr && !treat_alike(*a[i], *b[i])) return false;
  }
  return true;
}

std::string text_of(const TestPolicy& policy) {
  std::string text;
  for (std::size_t c = 0; c < policy.classes.size(); ++c) {
    const ClientClass& made = policy.classes[c];
    text += fmt::format(
        "class {} {}{}{}\n", made.name, to_string(made.action),
        made.max_connections ? " limited" : "",
        made.listeners.empty() ? "" : fmt::format(" on l{}", static_cast<int>(made.listeners[0])));
  }
  for (std::size_t e = 0; e < policy.entries.size(); ++e) {
    const TestEntry& entry = policy.entries[e];
    text += fmt::format(
        "{}: c{} {}{}\n", e + 1, entry.client_class,
        entry.network ? entry.network->to_string() : entry.name,
        entry.expires ? fmt::format(" expires {}", (*entry.expires - kNow).count()) : "");
  }
  return text;
}

class Oracle {
 public:
  explicit Oracle(TestPolicy policy) : test_(std::move(policy)) {
    const std::vector<bool> nothing(test_.entries.size());
    const auto whole = build(test_, nothing);
    before_ = treatment(test_, *whole);
    reported_ = nothing;
    repeated_ = nothing;
    for (const EntryFate& fate : find_entry_fates(*whole, kNow).needless) {
      reported_[whole->entries().origin(fate.entry).line - 1] = true;
    }
    for (const auto& repeated : whole->entries().repeated) {
      reported_[repeated.origin.line - 1] = true;
      repeated_[repeated.origin.line - 1] = true;
    }
  }

  const TestPolicy& policy() const { return test_; }
  bool is_reported(std::size_t e) const { return reported_[e]; }

  // True if nobody would notice that entry `e` is gone, beside those that are said twice.
  bool may_go(std::size_t e) const {
    std::vector<bool> without = repeated_;
    without[e] = true;
    return nobody_notices(without);
  }
  // True if a reported entry says the same network or name.
  bool has_reported_twin(std::size_t e) const {
    for (std::size_t other = 0; other < reported_.size(); ++other) {
      if (other != e && reported_[other] &&
          test_.entries[other].network == test_.entries[e].network &&
          test_.entries[other].name == test_.entries[e].name) {
        return true;
      }
    }
    return false;
  }
  bool all_reported_may_go() const { return nobody_notices(reported_); }
  // The same of `e` when all that was reported is gone already.
  bool may_go_afterwards(std::size_t e) const {
    std::vector<bool> without = reported_;
    without[e] = true;
    return nobody_notices(without);
  }

 private:
  bool nobody_notices(const std::vector<bool>& without) const {
    return same(before_, treatment(test_, *build(test_, without)));
  }

  TestPolicy test_;
  Treatment before_;
  std::vector<bool> reported_;
  std::vector<bool> repeated_;
};

TEST(EntryFates, NobodyNoticesThatReportedEntriesAreGone) {
  for (const std::uint64_t seed : portcullis::testing::seeds()) {
    Random random(seed);
    std::size_t reported = 0;
    for (int round = 0; round < 400; ++round) {
      const Oracle oracle(random_policy(true, 1 + random() % 2, random));
      EXPECT_TRUE(oracle.all_reported_may_go()) << text_of(oracle.policy());
      for (std::size_t e = 0; e < oracle.policy().entries.size(); ++e) {
        if (!oracle.is_reported(e)) continue;
        ++reported;
        EXPECT_TRUE(oracle.may_go(e)) << "entry " << e + 1 << " of\n" << text_of(oracle.policy());
      }
      if (HasFailure()) return;
    }
    EXPECT_GT(reported, 400U);
  }
}

TEST(EntryFates, EveryNeedlessEntryIsReported) {
  for (const std::uint64_t seed : portcullis::testing::seeds()) {
    Random random(seed);
    for (int round = 0; round < 400; ++round) {
      const Oracle oracle(random_policy(false, 1, random));
      for (std::size_t e = 0; e < oracle.policy().entries.size(); ++e) {
        if (oracle.is_reported(e) || !oracle.may_go(e)) continue;
        // Of two that each may go while the other stays, one is reported; and one that says what a
        // reported one says may be needless only when that has gone.
        EXPECT_TRUE(oracle.has_reported_twin(e) || !oracle.may_go_afterwards(e))
            << "entry " << e + 1 << " of\n"
            << text_of(oracle.policy());
      }
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace portcullis
