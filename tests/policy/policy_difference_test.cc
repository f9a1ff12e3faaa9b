// The difference of policies that are written down.

#include "policy/policy_difference.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "policy/policy_builder.h"

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Time kNow{std::chrono::seconds{1'000}};

// Two policies that are written down.
class Written {
 public:
  Listener listener(const std::string& name) const {
    Listener made;
    made.name = name;
    made.daemon_name = name;
    return made;
  }
  SourceIndex add_class(PolicyBuilder& builder, const std::string& name, Action action) const {
    ClientClass made;
    made.name = name;
    made.action = action;
    return builder.add_source(builder.add_class(made), name + ".list");
  }
};

IpPrefix network(const std::string& address, unsigned length) {
  return {*IpAddress::parse(address), length};
}

std::vector<std::string> texts(const CountedNetworks& networks) {
  std::vector<std::string> texts;
  for (const IpPrefix& kept : networks.kept()) texts.push_back(kept.to_string());
  return texts;
}

TEST(PolicyDifference, ListenersWithTheSameDifferenceStandTogether) {
  const Written written;
  const auto build = [&](bool with_entries) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("inbound"));
    Listener strict = written.listener("strict");
    strict.default_action = ListenerDefault::deny;
    builder.add_listener(strict);
    builder.add_listener(written.listener("submission"));
    const SourceIndex blocked = written.add_class(builder, "blocked", Action::deny);
    builder.add_network(blocked, network("198.51.100.0", 24), 1, {});
    if (with_entries) {
      builder.add_network(blocked, network("192.0.2.0", 25), 2, {});
      builder.add_network(blocked, network("192.0.2.128", 25), 3, {});
      builder.add_network(blocked, network("198.51.100.7", 32), 4, {});
    }
    return *builder.build();
  };
  const auto difference = compare_policies(*build(false), *build(true), {kNow});
  EXPECT_THAT(difference.settings, IsEmpty());
  ASSERT_THAT(difference.listeners, SizeIs(2));
  EXPECT_THAT(difference.listeners[0].listeners, ElementsAre("inbound", "submission"));
  EXPECT_THAT(difference.listeners[1].listeners, ElementsAre("strict"));
  const TreatmentChange& change = difference.listeners[0].changes.at(0);
  EXPECT_THAT(texts(change.networks), ElementsAre("192.0.2.0/24"));
  EXPECT_EQ(change.networks.text(), "256 IPv4 addresses");
  EXPECT_EQ(change.was.disposition, Disposition::proceed);
  EXPECT_EQ(change.is.client_class, "blocked");
  // On strict everyone was denied before: only the class changes.
  EXPECT_FALSE(difference.listeners[1].changes.at(0).changes_verdict());
}

TEST(PolicyDifference, UnchangedClientsDoNotPartListeners) {
  const Written written;
  const auto build = [&](Action action) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("a"));
    Listener b = written.listener("b");
    b.default_action = ListenerDefault::deny;
    builder.add_listener(b);
    builder.add_network(written.add_class(builder, "moved", action), network("192.0.2.0", 24), 1,
                        {});
    return *builder.build();
  };
  const auto difference = compare_policies(*build(Action::exempt), *build(Action::deny), {kNow});
  ASSERT_THAT(difference.listeners, SizeIs(1));
  EXPECT_THAT(difference.listeners[0].listeners, ElementsAre("a", "b"));
}

TEST(PolicyDifference, WhatIsListedIsBoundedAndAllIsCounted) {
  const Written written;
  const auto build = [&](int entries) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("inbound"));
    const SourceIndex blocked = written.add_class(builder, "blocked", Action::deny);
    for (int i = 0; i < entries; ++i) {
      const auto line = static_cast<std::uint32_t>(i + 1);
      builder.add_network(blocked, {IpAddress::from_ipv4(line * 512), 24}, line, {});
      builder.add_host_name(blocked, "h" + std::to_string(i) + ".example", line, {});
    }
    return *builder.build();
  };
  const auto difference = compare_policies(*build(0), *build(50), {kNow, 3});
  const TreatmentChange& change = difference.listeners.at(0).changes.at(0);
  EXPECT_EQ(change.networks.size(), 50);
  EXPECT_THAT(change.networks.kept(), SizeIs(3));
  EXPECT_EQ(change.networks.ipv4_addresses(), 50 * 256);
  EXPECT_EQ(change.name_count, 50);
  EXPECT_THAT(change.names, SizeIs(3));
}

TEST(PolicyDifference, ADefaultThatChangesIsEveryone) {
  const Written written;
  const auto build = [&](ListenerDefault action) {
    PolicyBuilder builder;
    Listener listener = written.listener("inbound");
    listener.default_action = action;
    builder.add_listener(listener);
    return *builder.build();
  };
  const auto difference =
      compare_policies(*build(ListenerDefault::accept), *build(ListenerDefault::deny), {kNow});
  ASSERT_THAT(difference.settings, SizeIs(1));
  EXPECT_EQ(difference.settings[0].setting, "default");
  EXPECT_EQ(difference.settings[0].was, "accept");
  EXPECT_EQ(difference.settings[0].is, "deny");
  const TreatmentChange& change = difference.listeners.at(0).changes.at(0);
  EXPECT_THAT(texts(change.networks), ElementsAre("0.0.0.0/0", "::/0"));
  EXPECT_EQ(change.networks.ipv6_addresses(), "340282366920938463463374607431768211456");
  EXPECT_EQ(change.networks.text(), "all IPv4 addresses, all IPv6 addresses");
}

TEST(PolicyDifference, ListenersThatComeAndGoAreNamed) {
  const Written written;
  PolicyBuilder one;
  one.add_listener(written.listener("inbound"));
  one.add_listener(written.listener("old"));
  PolicyBuilder two;
  Listener added = written.listener("new");
  added.default_action = ListenerDefault::deny;
  two.add_listener(added);
  two.add_listener(written.listener("inbound"));
  const auto difference = compare_policies(**one.build(), **two.build(), {kNow});
  EXPECT_THAT(difference.added_listeners, ElementsAre("new"));
  EXPECT_THAT(difference.removed_listeners, ElementsAre("old"));
  EXPECT_THAT(difference.listeners, IsEmpty());
  EXPECT_FALSE(difference.empty());
}

// Several entries that begin with the first address of all.
TEST(PolicyDifference, NetworksThatBeginWithTheAddressSpace) {
  const Written written;
  const auto build = [&](bool with_entries) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("inbound"));
    const SourceIndex blocked = written.add_class(builder, "blocked", Action::deny);
    const SourceIndex partners = written.add_class(builder, "partners", Action::permit);
    for (const char* first : {"0.0.0.0", "::"}) {
      if (!with_entries) continue;
      builder.add_network(blocked, network(first, 1), 1, {});
      builder.add_network(partners, network(first, 2), 1, {});
    }
    return *builder.build();
  };
  const auto difference = compare_policies(*build(false), *build(true), {kNow});
  ASSERT_THAT(difference.listeners, SizeIs(1));
  EXPECT_THAT(texts(difference.listeners[0].changes.at(0).networks),
              ElementsAre("64.0.0.0/2", "4000::/2"));
}

TEST(PolicyDifference, NamesAreThoseOfClientsThatNeitherPolicyCovers) {
  const Written written;
  const auto build = [&](bool later, bool covers) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("inbound"));
    const SourceIndex partners = written.add_class(builder, "partners", Action::permit);
    if (covers) builder.add_network(partners, network("0.0.0.0", 1), 1, {});
    const SourceIndex blocked = written.add_class(builder, "blocked", Action::deny);
    if (later) builder.add_host_name(blocked, ".example.com", 1, {});
    return *builder.build();
  };
  for (const bool covered_before : {true, false}) {
    const auto difference =
        compare_policies(*build(false, covered_before), *build(true, !covered_before), {kNow});
    ASSERT_THAT(difference.listeners, SizeIs(1));
    const auto& changes = difference.listeners[0].changes;
    const auto named = std::ranges::find(changes, std::size_t{1}, &TreatmentChange::name_count);
    ASSERT_NE(named, changes.end());
    EXPECT_EQ(named->was.client_class, "");
    EXPECT_EQ(named->is.client_class, "blocked");
    EXPECT_THAT(named->names, ElementsAre(".example.com"));
  }
}

TEST(PolicyDifference, WhatChangesTheVerdictComesFirst) {
  const Written written;
  const auto build = [&](bool later) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("inbound"));
    ClientClass partners;
    partners.name = "partners";
    partners.reserved_connections = later ? 2 : 1;
    const SourceIndex source = builder.add_source(builder.add_class(partners), "partners.list");
    builder.add_network(source, network("10.0.0.0", 8), 1, {});
    ClientClass told;
    told.name = "told";
    told.action = Action::deny;
    told.answer_at = later ? AnswerAt::helo : AnswerAt::connect;
    builder.add_network(builder.add_source(builder.add_class(told), "told.list"),
                        network("192.0.2.0", 24), 1, {});
    return *builder.build();
  };
  const auto difference = compare_policies(*build(false), *build(true), {kNow});
  ASSERT_THAT(difference.listeners, SizeIs(1));
  const auto& changes = difference.listeners[0].changes;
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_TRUE(changes[0].changes_verdict());
  EXPECT_THAT(texts(changes[0].networks), ElementsAre("192.0.2.0/24"));
  EXPECT_EQ(changes[0].is.answer_at, AnswerAt::helo);
  EXPECT_FALSE(changes[1].changes_verdict());
  EXPECT_THAT(texts(changes[1].networks), ElementsAre("10.0.0.0/8"));
}

TEST(PolicyDifference, NamesAreNotLookedAtWhereEntriesCoverEveryAddress) {
  const Written written;
  const auto build = [&](bool name) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("inbound"));
    const SourceIndex partners = written.add_class(builder, "partners", Action::permit);
    builder.add_network(partners, network("0.0.0.0", 1), 1, {});
    builder.add_network(partners, network("128.0.0.0", 1), 2, {});
    builder.add_network(partners, network("::", 1), 3, {});
    builder.add_network(partners, network("8000::", 1), 4, {});
    const SourceIndex blocked = written.add_class(builder, "blocked", Action::deny);
    if (name) builder.add_host_name(blocked, ".example.com", 1, {});
    return *builder.build();
  };
  EXPECT_TRUE(compare_policies(*build(false), *build(true), {kNow}).empty());
}

TEST(PolicyDifference, TheLongestDomainIsAHostOnly) {
  const Written written;
  std::string domain;
  while (domain.size() < 252) domain += ".a";  // 252 octets with the dot, 251 without
  const auto build = [&](const std::string& name) {
    PolicyBuilder builder;
    builder.add_listener(written.listener("inbound"));
    const SourceIndex blocked = written.add_class(builder, "blocked", Action::deny);
    if (!name.empty()) builder.add_host_name(blocked, name, 1, {});
    return *builder.build();
  };
  for (const std::string& name : {domain, domain + "b", domain + "bc"}) {
    const auto difference = compare_policies(*build(""), *build(name), {kNow});
    ASSERT_THAT(difference.listeners, SizeIs(1)) << name.size();
    EXPECT_THAT(difference.listeners[0].changes.at(0).names, ElementsAre(name));
  }
}

TEST(CountedNetworks, TextNamesWholeNetworksOfIPv6) {
  CountedNetworks networks(10);
  EXPECT_EQ(networks.text(), "");
  networks.add_range(*IpAddress::parse("192.0.2.1"), *IpAddress::parse("192.0.2.1"));
  networks.add_range(*IpAddress::parse("2001:db8::"), *IpAddress::parse("2001:db8:0:1::2"));
  EXPECT_EQ(networks.text(), "1 IPv4 address, 1 IPv6 /64 network and 3 IPv6 addresses");
  EXPECT_EQ(networks.ipv6_addresses(), "18446744073709551619");
}

}  // namespace
}  // namespace portcullis
