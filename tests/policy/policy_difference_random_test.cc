// The difference of two policies against asking both of them for every address.

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "policy/policy_builder.h"
#include "policy/policy_difference.h"
#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

constexpr Time kNow{std::chrono::seconds{1'000}};

// What a client gets, by what evaluate_connect() says and the settings of class and listener:
// worked out here by itself.
using Told = std::tuple<Disposition, bool, AnswerAt, std::string, DecidedBy, std::string, bool,
                        std::optional<std::uint32_t>, std::optional<std::uint32_t>,
                        std::optional<std::uint32_t>>;

Told told(const Policy& policy, ListenerIndex listener, const Client& client) {
  const Verdict v = policy.evaluate_connect(listener, client, kNow);
  const bool refused = v.disposition != Disposition::proceed;
  const bool observed = refused && v.mode == Mode::observe;
  const bool counted = v.decided_by != DecidedBy::exempt && (!refused || observed);
  std::string name;
  std::optional<std::uint32_t> of_client = policy.listener(listener).max_connections_per_client;
  std::optional<std::uint32_t> of_class;
  if (v.client_class) {
    const ClientClass& decided = policy.client_class(*v.client_class);
    name = decided.name;
    of_class = decided.max_connections;
    if (decided.max_connections_per_client) of_client = *decided.max_connections_per_client;
  }
  const std::string reply = v.reply == nullptr ? "" : v.reply->to_string();
  const AnswerAt answer_at = refused ? v.answer_at : AnswerAt::connect;
  if (!counted) {
    return {v.disposition, observed, answer_at, reply, v.decided_by, name, false, {}, {}, {}};
  }
  return {v.disposition, observed, answer_at, reply,    v.decided_by,
          name,          true,     of_client, of_class, policy.listener(listener).max_connections};
}

Told told(const ClientTreatment& t) {
  if (!t.limits) {
    return {t.disposition,  t.observed, t.answer_at, t.reply, t.decided_by,
            t.client_class, false,      {},          {},      {}};
  }
  return {t.disposition,          t.observed,        t.answer_at, t.reply,
          t.decided_by,           t.client_class,    true,        t.limits->client,
          t.limits->client_class, t.limits->listener};
}

// Small policies, of which a second one is much like the first.
class RandomPolicies {
 public:
  explicit RandomPolicies(std::uint64_t seed) : random_(seed) {
    listeners_ = 1 + below(3);
    classes_ = 1 + below(4);
    for (std::size_t e = below(14); e > 0; --e) entries_.push_back(random_entry());
    for (std::size_t n = below(5); n > 0; --n) names_.push_back(random_name());
    for (std::size_t c = 0; c < classes_; ++c) class_seeds_.push_back(random_());
    for (std::size_t l = 0; l < listeners_; ++l) listener_seeds_.push_back(random_());
  }

  std::shared_ptr<const Policy> build() const {
    PolicyBuilder builder;
    for (std::size_t l = 0; l < listeners_; ++l) builder.add_listener(make_listener(l));
    std::vector<SourceIndex> sources;
    for (std::size_t c = 0; c < classes_; ++c) {
      sources.push_back(builder.add_source(builder.add_class(make_class(c)), "list"));
    }
    std::uint32_t line = 0;
    for (const Entry& e : entries_) {
      builder.add_network(sources[e.client_class], e.network, ++line, e.expires);
    }
    for (const Name& n : names_) builder.add_host_name(sources[n.client_class], n.text, ++line, {});
    return *builder.build();
  }

  void change_a_little() {
    for (std::size_t changes = below(5); changes > 0; --changes) {
      switch (below(7)) {
        case 0:
          entries_.push_back(random_entry());
          break;
        case 1:
          lose_one_of(entries_);
          break;
        case 2:
          if (!entries_.empty()) entries_[below(entries_.size())].expires = kNow;
          break;
        case 3:
          names_.push_back(random_name());
          break;
        case 4:
          lose_one_of(names_);
          break;
        case 5:
          class_seeds_[below(classes_)] = random_();
          break;
        default:
          listener_seeds_[below(listeners_)] = random_();
          break;
      }
    }
  }

  std::size_t listeners() const { return listeners_; }

 private:
  struct Entry {
    IpPrefix network;
    std::size_t client_class = 0;
    std::optional<Time> expires;
  };
  struct Name {
    std::string text;
    std::size_t client_class = 0;
  };

  std::size_t below(std::size_t limit) { return testing::below(limit, random_); }
  template <typename T>
  void lose_one_of(std::vector<T>& v) {
    if (!v.empty()) v.erase(v.begin() + static_cast<std::ptrdiff_t>(below(v.size())));
  }

  // In 192.0.2.0/24 and 2001:db8::/120, or around them.
  Entry random_entry() {
    static const IpAddress v4 = *IpAddress::parse("192.0.2.0");
    static const IpAddress v6 = *IpAddress::parse("2001:db8::");
    const IpAddress base = below(2) == 0 ? v4 : v6;
    const unsigned width = base.width();
    const auto low = static_cast<AddressBits>(random_() & 0xff) << (128 - width);
    // Mostly within the /24 or /120; some as wide as the first half of the address space.
    const auto length = static_cast<unsigned>(below(6) == 0 ? 1 + below(width) : width - below(9));
    Entry entry{{IpAddress::from_bits(base.bits() | low, base.family()), length}, 0, {}};
    entry.client_class = below(classes_);
    if (below(5) == 0) entry.expires = kNow + std::chrono::seconds{static_cast<int>(below(3)) - 1};
    return entry;
  }

  Name random_name() {
    static const std::vector<std::string> kNames = {"a.example",    ".a.example", "b.a.example",
                                                    ".b.a.example", ".example",   "c.b.a.example",
                                                    "x.a.example"};
    return {kNames[below(kNames.size())], below(classes_)};
  }

  Listener make_listener(std::size_t l) const {
    std::mt19937_64 random(listener_seeds_[l]);
    Listener listener;
    listener.name = "l" + std::to_string(l);
    if (random() % 3 == 0) listener.default_action = ListenerDefault::deny;
    if (random() % 3 == 0) listener.mode = Mode::observe;
    if (random() % 3 == 0) listener.answer_at = AnswerAt::helo;
    if (random() % 3 == 0) listener.max_connections = 1 + random() % 2;
    return listener;
  }

  ClientClass make_class(std::size_t c) const {
    std::mt19937_64 random(class_seeds_[c]);
    ClientClass made;
    made.name = "c" + std::to_string(c);
    made.action = static_cast<Action>(random() % 3);
    for (std::size_t l = 0; l < listeners_; ++l) {
      if (random() % 3 == 0) made.listeners.push_back(static_cast<ListenerIndex>(l));
    }
    if (random() % 3 == 0) made.reply = SmtpReply::known("450 4.7.1 Later");
    if (random() % 4 == 0) made.answer_at = AnswerAt::drop;
    if (random() % 4 == 0) made.mode = Mode::observe;
    if (random() % 3 == 0) made.max_connections_per_client = 1 + random() % 2;
    if (random() % 3 == 0) made.max_connections = 5;
    return made;
  }

  std::mt19937_64 random_;
  std::size_t listeners_ = 0;
  std::size_t classes_ = 0;
  std::vector<Entry> entries_;
  std::vector<Name> names_;
  std::vector<std::uint64_t> class_seeds_;
  std::vector<std::uint64_t> listener_seeds_;
};

const ListenerDifference* difference_on(const PolicyDifference& difference,
                                        const std::string& listener) {
  for (const ListenerDifference& group : difference.listeners) {
    if (std::ranges::find(group.listeners, listener) != group.listeners.end()) return &group;
  }
  return nullptr;
}

// The change that holds the address; several would be an error.
const TreatmentChange* change_at(const ListenerDifference* group, IpAddress address) {
  const TreatmentChange* found = nullptr;
  if (group == nullptr) return found;
  for (const TreatmentChange& change : group->changes) {
    for (const IpPrefix& network : change.networks.kept()) {
      if (!network.contains(address)) continue;
      EXPECT_EQ(found, nullptr) << address.to_string() << " changes twice";
      found = &change;
    }
  }
  return found;
}

std::vector<IpAddress> all_addresses(std::mt19937_64& random) {
  std::vector<IpAddress> all;
  for (int i = 0; i < 256; ++i) {
    all.push_back(testing::step(*IpAddress::parse("192.0.2.0"), i));
    all.push_back(testing::step(*IpAddress::parse("2001:db8::"), i));
  }
  for (int i = 0; i < 40; ++i) {
    const unsigned shared = static_cast<unsigned>(random() % 33);
    all.push_back(testing::random_address_near(all[0], std::min(shared, 31U), random));
    all.push_back(testing::random_address_near(all[1], shared * 3, random));
  }
  for (const char* edge : {"0.0.0.0", "127.255.255.255", "128.0.0.0", "255.255.255.255",
                           "::", "7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                           "8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    all.push_back(*IpAddress::parse(edge));
  }
  return all;
}

// Of prefixes that do not overlap, none has its other half beside it: there are no fewer.
void expect_fewest(const CountedNetworks& networks) {
  const std::vector<IpPrefix>& kept = networks.kept();
  ASSERT_EQ(networks.size(), kept.size());
  for (std::size_t i = 1; i < kept.size(); ++i) {
    EXPECT_LT(kept[i - 1].last(), kept[i].first());
    const IpPrefix& a = kept[i - 1];
    const IpPrefix& b = kept[i];
    const bool halves = a.family() == b.family() && a.length() == b.length() && a.length() > 0 &&
                        IpPrefix(a.first(), a.length() - 1) == IpPrefix(b.first(), b.length() - 1);
    EXPECT_FALSE(halves) << a.to_string() << " and " << b.to_string();
  }
}

TEST(PolicyDifferenceAtRandom, AgreesWithAskingBothPoliciesForEveryAddress) {
  for (const std::uint64_t seed : testing::seeds()) {
    std::mt19937_64 random(seed);
    int changed = 0;
    int kept_their_verdict = 0;
    for (int round = 0; round < 250; ++round) {
      const std::uint64_t policy_seed = random();
      SCOPED_TRACE("policy " + std::to_string(policy_seed));
      RandomPolicies policies(policy_seed);
      const auto before = policies.build();
      policies.change_a_little();
      const auto after = policies.build();
      const PolicyDifference difference = compare_policies(*before, *after, {kNow, 1'000'000});
      const std::vector<IpAddress> addresses = all_addresses(random);
      for (std::size_t l = 0; l < policies.listeners(); ++l) {
        const auto listener = static_cast<ListenerIndex>(l);
        const ListenerDifference* group = difference_on(difference, "l" + std::to_string(l));
        for (const IpAddress& address : addresses) {
          const Told was = told(*before, listener, {address, {}});
          const Told is = told(*after, listener, {address, {}});
          const TreatmentChange* change = change_at(group, address);
          ASSERT_EQ(change != nullptr, was != is) << address.to_string() << " on " << l;
          if (change == nullptr) continue;
          ++changed;
          if (!change->changes_verdict()) ++kept_their_verdict;
          ASSERT_EQ(told(change->was), was) << address.to_string();
          ASSERT_EQ(told(change->is), is) << address.to_string();
        }
        if (group == nullptr) continue;
        for (const TreatmentChange& change : group->changes) expect_fewest(change.networks);
      }
      if (::testing::Test::HasFailure()) return;
    }
    EXPECT_GT(changed, 1'000) << "the test tests too little";
    EXPECT_GT(kept_their_verdict, 100);
  }
}

// The address that no entry of either policy covers, if there is one among these.
std::optional<IpAddress> uncovered(const Policy& a, const Policy& b, ListenerIndex listener,
                                   const std::vector<IpAddress>& addresses) {
  for (const IpAddress& address : addresses) {
    const bool covered = a.evaluate_connect(listener, {address, {}}, kNow).entry.has_value() ||
                         b.evaluate_connect(listener, {address, {}}, kNow).entry.has_value();
    if (!covered) return address;
  }
  return std::nullopt;
}

// Which entry of those given a host name belongs to: the name itself, else the longest domain.
std::string entry_of(const std::string& host, const std::set<std::string>& entries) {
  if (entries.contains(host)) return host;
  for (std::string domain = "." + host; !domain.empty();
       domain = domain.find('.', 1) == std::string::npos ? ""
                                                         : domain.substr(domain.find('.', 1))) {
    if (entries.contains(domain)) return domain;
  }
  return "";
}

TEST(PolicyDifferenceAtRandom, HostNamesChangeAsBothPoliciesSay) {
  const std::vector<std::string> hosts = {"a.example",     "b.a.example",     "c.b.a.example",
                                          "x.a.example",   "x.b.a.example",   "example",
                                          "other.example", "x.c.b.a.example", "y.a.example"};
  for (const std::uint64_t seed : testing::seeds()) {
    std::mt19937_64 random(seed);
    int changed = 0;
    for (int round = 0; round < 1'000; ++round) {
      const std::uint64_t policy_seed = random();
      SCOPED_TRACE("policy " + std::to_string(policy_seed));
      RandomPolicies policies(policy_seed);
      const auto before = policies.build();
      policies.change_a_little();
      const auto after = policies.build();
      const PolicyDifference difference = compare_policies(*before, *after, {kNow, 1'000'000});
      std::set<std::string> entries;
      for (const auto& policy : {before, after}) {
        for (const IpAddress& ignored : {IpAddress()}) {
          for (const std::string& host : hosts) {
            for (const EntryIndex e : policy->covering_entries({ignored, host})) {
              const EntryDescription entry = policy->describe(e);
              if (!entry.network) entries.insert(entry.text);
            }
          }
        }
      }
      const std::vector<IpAddress> addresses = all_addresses(random);
      for (std::size_t l = 0; l < policies.listeners(); ++l) {
        const auto listener = static_cast<ListenerIndex>(l);
        const auto address = uncovered(*before, *after, listener, addresses);
        if (!address) continue;
        const ListenerDifference* group = difference_on(difference, "l" + std::to_string(l));
        for (const std::string& host : hosts) {
          const std::string entry = entry_of(host, entries);
          if (entry.empty()) continue;
          const Told was = told(*before, listener, {address, host});
          const Told is = told(*after, listener, {address, host});
          const TreatmentChange* found = nullptr;
          for (std::size_t c = 0; group != nullptr && c < group->changes.size(); ++c) {
            const auto& names = group->changes[c].names;
            if (std::ranges::find(names, entry) != names.end()) found = &group->changes[c];
          }
          ASSERT_EQ(found != nullptr, was != is) << host << " by " << entry << " on " << l;
          if (found == nullptr) continue;
          ++changed;
          ASSERT_EQ(told(found->was), was);
          ASSERT_EQ(told(found->is), is);
        }
      }
    }
    EXPECT_GT(changed, 500) << "the test tests too little";
  }
}

TEST(PolicyDifferenceAtRandom, OfAPolicyAndItselfIsEmpty) {
  RandomPolicies policies(7);
  const auto policy = policies.build();
  EXPECT_TRUE(compare_policies(*policy, *policy, {kNow}).empty());
  EXPECT_TRUE(compare_policies(*policy, *policies.build(), {kNow}).empty());
}

}  // namespace
}  // namespace portcullis
