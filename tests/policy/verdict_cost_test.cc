// What a verdict costs, in figures that are the same on every machine: allocations, and bytes of a
// policy for each entry. No times.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "bench/matcher/sample_tables.h"
#include "policy/policy_builder.h"
#include "tests/support/counted_allocations.h"

namespace portcullis {
namespace {

using bench::Traffic;

constexpr std::uint64_t kSeed = 20261121;
constexpr Time kNow{std::chrono::seconds{1'800'000'000}};
constexpr Time kLater = kNow + std::chrono::hours{1};

// A deny list of both families and of names, a hundredth of its entries with an end, and a network
// that is let in whatever it says.
class VerdictCost : public ::testing::Test {
 protected:
  VerdictCost() {
    Listener inbound;
    inbound.name = "inbound";
    listener_ = builder_.add_listener(inbound);
    add_partners();
    add_deny_list();
    policy_ = builder_.build().value();
  }

  // Of a verdict on each of `addresses`, under a name that the list has and under one that it has
  // not.
  std::uint64_t allocations_of(const std::vector<IpAddress>& addresses) const {
    const std::uint64_t before = testing::allocations();
    EXPECT_GT(before, 0U);  // it counts
    for (const IpAddress address : addresses) {
      for (const char* name : {"", "mx7.spam.example", "mail.example.com"}) {
        const Verdict verdict = policy_->evaluate_connect(listener_, {address, name}, kNow);
        EXPECT_EQ(verdict.listener, listener_);
      }
    }
    return testing::allocations() - before;
  }

  const std::vector<PrefixOutcome>& entries() const { return entries_; }
  const Policy& policy() const { return *policy_; }
  bench::Random& random() { return random_; }

 private:
  void add_partners() {
    ClientClass partners;
    partners.name = "partners";
    partners.action = Action::exempt;
    const SourceIndex source = builder_.add_source(builder_.add_class(partners), "partners.list");
    builder_.add_network(source, IpPrefix(IpAddress::from_ipv4(0x4000'0000), 6), 1, std::nullopt);
  }

  void add_deny_list() {
    ClientClass denied;
    denied.name = "denied";
    denied.action = Action::deny;
    const SourceIndex source = builder_.add_source(builder_.add_class(denied), "deny.list");
    for (const AddressFamily family : {AddressFamily::ipv4, AddressFamily::ipv6}) {
      const std::size_t count = family == AddressFamily::ipv4 ? 85'000 : 15'000;
      const auto some = bench::deny_like(family, count, 1, random_);
      entries_.insert(entries_.end(), some.begin(), some.end());
    }
    std::uint32_t line = 0;
    for (const PrefixOutcome& entry : entries_) {
      const bool ends = ++line % 100 == 0;
      builder_.add_network(source, entry.prefix, line, ends ? std::optional(kLater) : std::nullopt);
    }
    builder_.add_host_name(source, ".spam.example", ++line, std::nullopt);
  }

  bench::Random random_{kSeed};
  std::vector<PrefixOutcome> entries_;
  PolicyBuilder builder_;
  ListenerIndex listener_{};
  std::shared_ptr<const Policy> policy_;
};

TEST_F(VerdictCost, IsNoAllocation) {
  EXPECT_EQ(allocations_of(bench::sample(entries(), Traffic::in_prefix, 20'000, random())), 0U);
  EXPECT_EQ(allocations_of(bench::sample(entries(), Traffic::uniform, 20'000, random())), 0U);
}

TEST_F(VerdictCost, IsFewBytesAnEntry) {
  const double bytes =
      static_cast<double>(policy().memory_bytes()) / static_cast<double>(entries().size());
  RecordProperty("bytes_per_entry", std::to_string(bytes));
  EXPECT_LE(bytes, 25.5);
}

}  // namespace
}  // namespace portcullis
