#include "policy/hit_transfer.h"

#include <initializer_list>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/policy_builder.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Time kNow{std::chrono::seconds{1'800'000'000}};

IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

// A class and its entries, as they are written in a list.
struct WrittenClass {
  std::string name;
  std::vector<std::string> entries;
  Action action = Action::deny;
};

void add_entry(PolicyBuilder& builder, SourceIndex source, const std::string& text,
               std::uint32_t line) {
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash != std::string::npos) {
    builder.add_range(source, address(text.substr(0, dash)), address(text.substr(dash + 1)), line,
                      std::nullopt);
  } else if (slash != std::string::npos) {
    const auto length = static_cast<unsigned>(std::stoi(text.substr(slash + 1)));
    builder.add_network(source, {address(text.substr(0, slash)), length}, line, std::nullopt);
  } else if (const auto host = IpAddress::parse(text)) {
    builder.add_network(source, IpPrefix::host(*host), line, std::nullopt);
  } else {
    builder.add_host_name(source, text, line, std::nullopt);
  }
}

// A policy with its counters.
struct Counted {
  Counted(std::initializer_list<WrittenClass> classes) {
    PolicyBuilder builder;
    Listener listener;
    listener.name = "inbound";
    builder.add_listener(listener);
    for (const WrittenClass& written : classes) {
      ClientClass made;
      made.name = written.name;
      made.action = written.action;
      const SourceIndex source = builder.add_source(builder.add_class(made), made.name + ".list");
      std::uint32_t line = 0;
      for (const std::string& text : written.entries) add_entry(builder, source, text, ++line);
    }
    policy = *builder.build();
    hits = std::make_unique<HitCounters>(policy->index_count());
  }

  // Judges a client and counts what decided.
  void judge(std::string_view client, std::string_view name = {}, int times = 1) {
    for (int i = 0; i < times; ++i) {
      const Verdict verdict =
          policy->evaluate_connect(ListenerIndex{}, {address(client), name}, kNow);
      if (verdict.entry) hits->count(*verdict.entry, kNow);
    }
  }

  // "class text" to count; the parts of a range added up.
  std::map<std::string, std::uint64_t> counts() const {
    std::map<std::string, std::uint64_t> found;
    hits->for_each([&](EntryIndex entry, const Hits& of) {
      const EntryDescription description = policy->describe(entry);
      found[policy->client_class(description.client_class).name + ' ' + description.text] +=
          of.count;
    });
    return found;
  }

  std::shared_ptr<const Policy> policy;
  std::unique_ptr<HitCounters> hits;
};

void move(Counted& from, Counted& to) {
  move_hits(*from.policy, *from.hits, *to.policy, *to.hits);
}

TEST(HitTransfer, EntriesAreFoundAgainWhereverTheyStand) {
  const std::vector<std::string> entries = {"192.0.2.0/24",    "192.0.2.1",
                                            "2001:db8::/32",   "10.0.0.3-10.0.0.9",
                                            "mx.spam.example", ".spam.example"};
  Counted before{{"blocked", entries}};
  before.judge("192.0.2.9", {}, 3);
  before.judge("192.0.2.1");
  before.judge("2001:db8::1");
  before.judge("10.0.0.3");
  before.judge("10.0.0.4");
  before.judge("203.0.113.1", "mx.spam.example");
  before.judge("203.0.113.1", "other.spam.example");
  const auto counted = before.counts();
  EXPECT_THAT(counted,
              ElementsAre(Pair("blocked .spam.example", 1), Pair("blocked 10.0.0.3-10.0.0.9", 2),
                          Pair("blocked 192.0.2.0/24", 3), Pair("blocked 192.0.2.1", 1),
                          Pair("blocked 2001:db8::/32", 1), Pair("blocked mx.spam.example", 1)));

  // Another order, other entries among them, another class before.
  std::vector<std::string> others = {"0.0.0.0/1", ".example", "192.0.2.0/25"};
  others.insert(others.end(), entries.rbegin(), entries.rend());
  Counted after{{"partners", {"192.0.2.0/24", ".spam.example"}, Action::permit},
                {"blocked", others}};
  move(before, after);
  EXPECT_EQ(after.counts(), counted);
  EXPECT_THAT(before.counts(), IsEmpty());
}

TEST(HitTransfer, WhatIsGoneOrSaysSomethingElseStartsAnew) {
  Counted before{{"blocked", {"192.0.2.0/24", "10.0.0.0/8", "10.9.0.1-10.9.0.4", "a.example"}},
                 {"renamed", {"198.51.100.0/24"}}};
  before.judge("192.0.2.9");
  before.judge("10.0.0.1");
  before.judge("10.9.0.2");
  before.judge("203.0.113.1", "a.example");
  before.judge("198.51.100.1");
  ASSERT_EQ(before.counts().size(), 5U);
  Counted after{{"blocked", {"192.0.2.0/25", "10.9.0.1-10.9.0.5", ".a.example"}},
                {"other", {"198.51.100.0/24", "10.0.0.0/8"}}};
  move(before, after);
  EXPECT_THAT(after.counts(), IsEmpty());
  EXPECT_THAT(before.counts(), IsEmpty()) << "nothing may come back later";
}

TEST(HitTransfer, LateHitsOfTheOldPolicyAreAddedOnce) {
  Counted before{{"blocked", {"192.0.2.0/24"}}};
  Counted after{{"blocked", {"192.0.2.0/24"}}};
  before.judge("192.0.2.1", {}, 2);
  move(before, after);
  after.judge("192.0.2.2");
  before.judge("192.0.2.3");
  move(before, after);
  move(before, after);
  EXPECT_THAT(after.counts(), ElementsAre(Pair("blocked 192.0.2.0/24", 4)));
}

// The class names one part of the range by itself in the new policy: that part is another entry's.
TEST(HitTransfer, ARangeKeepsItsHitsWhenOneOfItsPartsIsTakenOver) {
  Counted before{{"blocked", {"10.0.0.3-10.0.0.9"}}};  // .3, .4/30, .8/31
  before.judge("10.0.0.3");
  before.judge("10.0.0.4");
  Counted after{{"blocked", {"10.0.0.3", "10.0.0.4/30", "10.0.0.3-10.0.0.9"}}};
  move(before, after);
  EXPECT_THAT(after.counts(), ElementsAre(Pair("blocked 10.0.0.3-10.0.0.9", 2)));
}

// Every entry of a policy is found by its class and subject, and is then the same one; a range by
// one of its parts.
void expect_all_found_again(const Policy& policy) {
  for (std::uint32_t i = 0; i < policy.index_count(); ++i) {
    const auto entry = static_cast<EntryIndex>(i);
    const ClassIndex client_class = policy.class_of(entry);
    const auto found = policy.find_entry(client_class, policy.subject_of(entry));
    ASSERT_TRUE(found);
    EXPECT_EQ(policy.class_of(*found), client_class);
    EXPECT_EQ(policy.subject_of(*found), policy.subject_of(entry));
    const bool range = std::holds_alternative<AddressRange>(policy.subject_of(entry));
    EXPECT_TRUE(range || *found == entry);
  }
}

TEST(FindEntry, FindsEveryEntryAgain) {
  for (const std::uint64_t seed : testing::seeds()) {
    std::mt19937_64 random(seed);
    std::vector<std::string> entries;
    for (int i = 0; i < 300; ++i) {
      const auto first =
          IpAddress::from_ipv4(0x0a00'0000 + static_cast<std::uint32_t>(random() % 0x400));
      const auto last =
          IpAddress::from_ipv4(first.ipv4_value() + 1 + static_cast<std::uint32_t>(random() % 64));
      entries.push_back(IpPrefix(first, static_cast<unsigned>(22 + random() % 11)).to_string());
      if (i % 3 == 0) entries.push_back(first.to_string() + '-' + last.to_string());
      if (i % 5 == 0) entries.push_back(".n" + std::to_string(random() % 9) + ".example");
      if (i % 7 == 0) entries.push_back("n" + std::to_string(random() % 9) + ".example");
    }
    expect_all_found_again(*Counted{{"one", entries}, {"two", entries, Action::permit}}.policy);
  }
}

}  // namespace
}  // namespace portcullis
