#include "policy/admission.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policy/policy_builder.h"

namespace portcullis {
namespace {

constexpr Time kNow{std::chrono::seconds{1'800'000'000}};

IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest() {
    listener_.name = "inbound";
    listener_.max_connections_per_client = 2;
    partners_.name = "partners";
    partners_.action = Action::permit;
  }

  void compile() {
    PolicyBuilder builder;
    builder.add_listener(listener_);
    const auto add = [&](const ClientClass& made, std::string_view first, unsigned length) {
      const SourceIndex source = builder.add_source(builder.add_class(made), "x.list");
      builder.add_network(source, {address(first), length}, 1, std::nullopt);
    };
    add(partners_, "198.51.100.0", 24);
    ClientClass internal;
    internal.name = "internal";
    internal.action = Action::exempt;
    add(internal, "10.0.0.0", 8);
    ClientClass trial;
    trial.name = "trial";
    trial.action = Action::deny;
    trial.mode = Mode::observe;
    add(trial, "203.0.113.0", 24);
    policy_ = *builder.build();
    binding_ = bind_gauges(*policy_, connections_);
  }

  // One more connection of the client; the lease is kept in held_.
  Verdict connect(std::string_view client) {
    Verdict verdict = policy_->evaluate_connect(ListenerIndex{}, {address(client), {}}, kNow);
    held_.push_back(admit(*policy_, binding_, connections_, address(client), verdict));
    return verdict;
  }

  Listener listener_;
  ClientClass partners_;
  std::shared_ptr<const Policy> policy_;
  ConnectionTable connections_{1};
  GaugeBinding binding_;
  std::vector<ConnectionTable::Lease> held_;
};

TEST_F(AdmissionTest, OverTheLimitIsA421) {
  compile();
  connect("192.0.2.1");
  connect("192.0.2.1");
  const Verdict third = connect("192.0.2.1");
  EXPECT_EQ(third.disposition, Disposition::tempfail);
  EXPECT_EQ(third.exceeded, Limit::client);
  EXPECT_EQ(third.reply->code(), 421);
  EXPECT_FALSE(held_.back());
  EXPECT_EQ(connect("192.0.2.2").disposition, Disposition::proceed);
}

TEST_F(AdmissionTest, TheClassLimitReplacesTheListenersPerClientLimit) {
  partners_.max_connections_per_client = 3;
  compile();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connect("198.51.100.1").enforced(), Disposition::proceed);
  EXPECT_EQ(connect("198.51.100.1").exceeded, Limit::client);
}

TEST_F(AdmissionTest, AClassMayLiftTheListenersPerClientLimit) {
  partners_.max_connections_per_client.emplace(std::nullopt);
  compile();
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(connect("198.51.100.1").exceeded);
}

TEST_F(AdmissionTest, TheClassHasATotalOfItsOwn) {
  partners_.max_connections = 2;
  compile();
  connect("198.51.100.1");
  connect("198.51.100.2");
  EXPECT_EQ(connect("198.51.100.3").exceeded, Limit::client_class);
}

TEST_F(AdmissionTest, IPv6ClientsAreCountedByNetwork) {
  compile();
  connect("2001:db8::1");
  connect("2001:db8::2");
  EXPECT_EQ(connect("2001:db8::3").exceeded, Limit::client);
  EXPECT_FALSE(connect("2001:db8:0:1::3").exceeded);
}

TEST_F(AdmissionTest, ExemptClientsAreNeitherCountedNorLimited) {
  listener_.max_connections = 2;
  compile();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(connect("10.1.1.1").disposition, Disposition::proceed);
  EXPECT_EQ(connections_.totals().connections, 0u);
}

TEST_F(AdmissionTest, WhoIsLetThroughBecauseOfObserveIsCounted) {
  compile();
  for (int i = 0; i < 3; ++i) {
    const Verdict verdict = connect("203.0.113.9");
    EXPECT_EQ(verdict.disposition, Disposition::reject);
    EXPECT_EQ(verdict.enforced(), Disposition::proceed);
  }
  EXPECT_EQ(connections_.totals().connections, 3u);
}

TEST_F(AdmissionTest, AnObservedLimitSaysSoAndLetsTheClientThrough) {
  listener_.mode = Mode::observe;
  compile();
  connect("192.0.2.1");
  connect("192.0.2.1");
  const Verdict third = connect("192.0.2.1");
  EXPECT_EQ(third.disposition, Disposition::tempfail);
  EXPECT_EQ(third.exceeded, Limit::client);
  EXPECT_EQ(third.enforced(), Disposition::proceed);
  EXPECT_EQ(connections_.totals().connections, 3u);
}

TEST_F(AdmissionTest, ReservedSlotsAreKeptForTheirClass) {
  listener_.max_connections = 3;
  partners_.reserved_connections = 2;
  compile();
  connect("192.0.2.1");
  EXPECT_EQ(connect("192.0.2.2").exceeded, Limit::reserved);
  EXPECT_FALSE(connect("198.51.100.1").exceeded);
  EXPECT_FALSE(connect("198.51.100.2").exceeded);
  EXPECT_EQ(connect("198.51.100.3").exceeded, Limit::listener);
}

TEST_F(AdmissionTest, CountsOutlastThePolicy) {
  compile();
  connect("192.0.2.1");
  connect("192.0.2.1");
  compile();
  EXPECT_EQ(connect("192.0.2.1").exceeded, Limit::client);
  held_.clear();
  EXPECT_EQ(connections_.totals().connections, 0u);
}

}  // namespace
}  // namespace portcullis
