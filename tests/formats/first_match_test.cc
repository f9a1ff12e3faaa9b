#include "formats/first_match.h"

#include <gtest/gtest.h>

#include "formats/list_entry.h"

namespace portcullis {
namespace {

IpPrefix network(const std::string& text) {
  return std::get<IpPrefix>(make_entry({{}, *parse_entry(text), {}}).listed);
}

TEST(FirstMatchTable, TellsWhatEachRuleDecides) {
  FirstMatchTable table;
  const auto narrow = table.add_rule(network("10.1.0.0/16"), false);
  const auto wide = table.add_rule(network("10.0.0.0/8"), false);
  const auto idle = table.add_rule(network("10.2.0.0/16"), false);
  const auto around = table.add_rule(network("192.0.0.0/8"), true);
  table.resolve();
  EXPECT_EQ(table.decided_by(narrow).size(), 1u);
  EXPECT_EQ(table.decided_by(wide).size(), 2u);
  EXPECT_TRUE(table.decided_by(idle).empty());
  // All but 10.0.0.0/8 and 192.0.0.0/8; no IPv6.
  EXPECT_EQ(table.decided_by(around).size(), 3u);
  EXPECT_EQ(table.rule_for(*IpAddress::parse("255.255.255.255")), around);
  EXPECT_EQ(table.rule_for(*IpAddress::parse("::1")), std::nullopt);
}

TEST(FirstMatchTable, AConditionHoldsToTheEndIfNothingClosesIt) {
  FirstMatchTable table;
  table.open_condition(network("10.0.0.0/8"), false);
  const auto inside = table.add_rule(network("10.1.0.0/16"), false);
  const auto outside = table.add_rule(network("11.0.0.0/8"), false);
  table.resolve();
  EXPECT_TRUE(table.is_plain(inside));
  EXPECT_EQ(table.rule_for(*IpAddress::parse("10.1.2.3")), inside);
  EXPECT_TRUE(table.decided_by(outside).empty());
}

// Conditions in conditions must not cost the product of their number and that of the rules.
TEST(FirstMatchTable, TakesAsManyConditionsAsRules) {
  FirstMatchTable table;
  constexpr std::uint32_t kMany = 50'000;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    table.open_condition(IpPrefix::host(IpAddress::from_ipv4(i)), true);
    table.add_rule(IpPrefix::host(IpAddress::from_ipv4(i + 1)), false);
  }
  table.resolve();
  EXPECT_EQ(table.rule_for(IpAddress::from_ipv4(0)), std::nullopt);
  EXPECT_EQ(table.rule_for(IpAddress::from_ipv4(1)), std::size_t{0});
  EXPECT_EQ(table.rule_for(IpAddress::from_ipv4(kMany)), std::size_t{kMany - 1});
}

}  // namespace
}  // namespace portcullis
