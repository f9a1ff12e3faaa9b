// Which of many scopes have to do with one, compared with asking each of them.

#include "cli/list/scope_index.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "tests/support/seed.h"

namespace portcullis::testing {
namespace {

constexpr std::size_t kScopes = 300;

std::vector<std::size_t> related(const std::vector<EntryScope>& scopes, const EntryScope& scope) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    if (scopes[i].covers(scope) || scope.covers(scopes[i])) places.push_back(i);
  }
  return places;
}

void expect_the_same(const std::vector<EntryScope>& scopes, const std::vector<EntryScope>& asked) {
  const ScopeIndex index(scopes);
  for (const EntryScope& scope : asked) {
    std::vector<std::size_t> found;
    index.visit_related(scope, [&](std::size_t place) { found.push_back(place); });
    std::ranges::sort(found);
    EXPECT_EQ(found, related(scopes, scope)) << scope.to_string();
  }
}

// Ranges of both families among few addresses, so that many meet.
EntryScope random_range(std::mt19937_64& random) {
  const auto address = [&](bool ipv6, std::uint64_t value) {
    return ipv6 ? IpAddress::from_bits(value, AddressFamily::ipv6)
                : IpAddress::from_ipv4(static_cast<std::uint32_t>(value));
  };
  const bool ipv6 = random() % 2 == 0;
  const auto [first, last] = std::minmax({random() % 64, random() % 64});
  return {address(ipv6, first), address(ipv6, last), {}};
}

EntryScope random_name(std::mt19937_64& random) {
  EntryScope scope;
  for (std::uint64_t labels = 1 + random() % 4; labels > 0; --labels) {
    scope.name += std::string(scope.name.empty() ? "" : ".") + "abc-"[random() % 4];
  }
  if (random() % 2 == 0) scope.name.insert(0, 1, '.');
  return scope;
}

template <typename Make>
std::vector<EntryScope> many(Make make, std::mt19937_64& random) {
  std::vector<EntryScope> scopes;
  for (std::size_t i = 0; i < kScopes; ++i) scopes.push_back(make(random));
  return scopes;
}

TEST(ScopeIndex, AgreesWithALinearScanOfRanges) {
  for (const std::uint64_t seed : seeds()) {
    std::mt19937_64 random(seed);
    expect_the_same(many(random_range, random), many(random_range, random));
  }
}

TEST(ScopeIndex, AgreesWithALinearScanOfNames) {
  for (const std::uint64_t seed : seeds()) {
    std::mt19937_64 random(seed);
    expect_the_same(many(random_name, random), many(random_name, random));
  }
}

TEST(ScopeIndex, NamesAndAddressesHaveNothingToDoWithEachOther) {
  std::mt19937_64 random(seeds().front());
  std::vector<EntryScope> both = many(random_name, random);
  const std::vector<EntryScope> ranges = many(random_range, random);
  both.insert(both.end(), ranges.begin(), ranges.end());
  expect_the_same(both, both);
  expect_the_same({}, both);
}

}  // namespace
}  // namespace portcullis::testing
