#include "policy/connection_table.h"

#include <gtest/gtest.h>

namespace portcullis {
namespace {

IpPrefix host(std::uint32_t address) {
  return IpPrefix::host(IpAddress::from_ipv4(address));
}

class ConnectionTableTest : public ::testing::Test {
 protected:
  ConnectionClaim claim(std::uint32_t address) {
    ConnectionClaim claim;
    claim.listener = inbound_;
    claim.client_network = host(address);
    return claim;
  }

  std::uint32_t class_connections(ClassGauge gauge) {
    return table_.totals().classes[static_cast<std::size_t>(gauge)].connections;
  }

  ConnectionTable table_{42};
  ListenerGauge inbound_ = table_.listener_gauge("inbound");
  ClassGauge partners_ = table_.class_gauge("a-partners");
  ClassGauge guests_ = table_.class_gauge("b-guests");
};

TEST_F(ConnectionTableTest, AGaugeKeepsItsNumber) {
  EXPECT_EQ(table_.listener_gauge("inbound"), inbound_);
  EXPECT_NE(table_.listener_gauge("submission"), inbound_);
  EXPECT_EQ(table_.class_gauge("a-partners"), partners_);
}

TEST_F(ConnectionTableTest, RefusesExactlyTheConnectionAfterTheLastAllowedOne) {
  ConnectionClaim limited = claim(1);
  limited.max_per_client = 3;
  std::vector<ConnectionTable::Grant> grants;
  for (int i = 0; i < 3; ++i) {
    grants.push_back(table_.acquire(limited));
    EXPECT_TRUE(grants.back().lease);
    EXPECT_FALSE(grants.back().exceeded);
  }
  const auto refused = table_.acquire(limited);
  EXPECT_FALSE(refused.lease);
  EXPECT_EQ(refused.exceeded, Limit::client);
  EXPECT_EQ(table_.client_connections(inbound_, host(1)), 3u);
  grants.pop_back();
  EXPECT_TRUE(table_.acquire(limited).lease);
}

TEST_F(ConnectionTableTest, ClientsAreCountedByNetworkAndByListener) {
  ConnectionClaim limited = claim(1);
  limited.max_per_client = 1;
  const auto first = table_.acquire(limited);
  ConnectionClaim elsewhere = limited;
  elsewhere.listener = table_.listener_gauge("submission");
  const auto second = table_.acquire(elsewhere);
  EXPECT_TRUE(second.lease);
  ConnectionClaim other_client = claim(2);
  other_client.max_per_client = 1;
  EXPECT_TRUE(table_.acquire(other_client).lease);
  EXPECT_FALSE(table_.acquire(limited).lease);
}

TEST_F(ConnectionTableTest, LeaseReleasesOnDestructionAndOnlyOnce) {
  {
    auto grant = table_.acquire(claim(1));
    ConnectionTable::Lease moved = std::move(grant.lease);
    EXPECT_EQ(table_.totals().connections, 1u);
    moved.reset();
    moved.reset();
    EXPECT_EQ(table_.totals().connections, 0u);
  }
  EXPECT_EQ(table_.totals().connections, 0u);
  EXPECT_EQ(table_.client_networks(), 0u);
}

TEST_F(ConnectionTableTest, AssigningALeaseGivesTheOldOneBack) {
  auto a = table_.acquire(claim(1)).lease;
  auto b = table_.acquire(claim(2)).lease;
  a = std::move(b);
  EXPECT_EQ(table_.client_connections(inbound_, host(1)), 0u);
  EXPECT_EQ(table_.client_connections(inbound_, host(2)), 1u);
}

TEST_F(ConnectionTableTest, AClassCountsOverAllListeners) {
  ConnectionClaim here = claim(1);
  here.client_class = partners_;
  here.max_per_class = 2;
  ConnectionClaim there = here;
  there.listener = table_.listener_gauge("submission");
  const auto a = table_.acquire(here);
  const auto b = table_.acquire(there);
  EXPECT_EQ(class_connections(partners_), 2u);
  EXPECT_EQ(table_.acquire(here).exceeded, Limit::client_class);
}

TEST_F(ConnectionTableTest, KeepsReservedSlotsForTheirClass) {
  const std::vector<Reservation> reservations{{partners_, 2}};
  ConnectionClaim guest = claim(1);
  guest.client_class = guests_;
  guest.max_per_listener = 5;
  guest.reservations = reservations;
  std::vector<ConnectionTable::Grant> held;
  for (int i = 0; i < 3; ++i) held.push_back(table_.acquire(guest));
  EXPECT_EQ(table_.acquire(guest).exceeded, Limit::reserved);

  ConnectionClaim partner = guest;
  partner.client_class = partners_;
  for (int i = 0; i < 2; ++i) {
    held.push_back(table_.acquire(partner));
    EXPECT_TRUE(held.back().lease);
  }
  EXPECT_EQ(table_.acquire(partner).exceeded, Limit::listener);
}

TEST_F(ConnectionTableTest, AClassMayGoBeyondItsReservation) {
  const std::vector<Reservation> reservations{{partners_, 1}};
  ConnectionClaim partner = claim(1);
  partner.client_class = partners_;
  partner.max_per_listener = 3;
  partner.reservations = reservations;
  std::vector<ConnectionTable::Grant> held;
  for (int i = 0; i < 3; ++i) held.push_back(table_.acquire(partner));
  EXPECT_TRUE(held.back().lease);
}

TEST_F(ConnectionTableTest, AnObservedConnectionIsCountedBeyondTheLimit) {
  ConnectionClaim observed = claim(1);
  observed.max_per_client = 1;
  observed.observe = true;
  const auto a = table_.acquire(observed);
  const auto b = table_.acquire(observed);
  EXPECT_FALSE(a.exceeded);
  EXPECT_EQ(b.exceeded, Limit::client);
  EXPECT_TRUE(b.lease);
  EXPECT_EQ(table_.totals().connections, 2u);
}

TEST_F(ConnectionTableTest, ARefusalChangesNoCount) {
  ConnectionClaim refused = claim(7);
  refused.client_class = partners_;
  refused.max_per_class = 0;
  EXPECT_FALSE(table_.acquire(refused).lease);
  EXPECT_EQ(table_.totals().connections, 0u);
  EXPECT_EQ(table_.client_networks(), 0u);
}

}  // namespace
}  // namespace portcullis
