#include "policy/listener.h"

#include <gtest/gtest.h>

namespace portcullis {
namespace {

IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

Listener listener(std::string name, std::uint16_t port) {
  Listener made;
  made.name = name;
  made.daemon_name = std::move(name);
  made.port = port;
  return made;
}

class FindListener : public ::testing::Test {
 protected:
  FindListener() {
    Listener submission = listener("submission", 587);
    submission.role = ListenerRole::submission;
    Listener inbound = listener("inbound", 25);
    Listener inner = listener("inner", 25);
    inner.addresses = {ListenAddresses::Kind::chosen, {address("192.0.2.25")}};
    Listener loopback = listener("loopback", 2525);
    loopback.addresses.kind = ListenAddresses::Kind::loopback;
    loopback.implicit_tls_port = 465;
    listeners_ = {submission, inbound, inner, loopback};
  }

  std::string found(const DaemonMacros& macros) {
    const ListenerMatch match = find_listener(listeners_, macros);
    return listeners_[static_cast<std::size_t>(match.listener)].name +
           (match.assumed ? " (assumed)" : "");
  }

  std::vector<Listener> listeners_;
};

TEST_F(FindListener, GoesByDaemonNameFirst) {
  EXPECT_EQ(found({"submission", "192.0.2.25", "25"}), "submission");
}

TEST_F(FindListener, ThenByPortAndAddress) {
  EXPECT_EQ(found({"mx.example.com", "192.0.2.25", "25"}), "inner");
  EXPECT_EQ(found({"mx.example.com", "192.0.2.26", "25"}), "inbound");
  EXPECT_EQ(found({"", "127.0.0.1", "2525"}), "loopback");
  EXPECT_EQ(found({"", "IPv6:::1", "465"}), "loopback");
}

TEST_F(FindListener, TakesTheUnspecifiedAddressOfSendmailForAny) {
  EXPECT_EQ(found({"MTA-v6", "IPv6:0:0:0:0:0:0:0:0", "2525"}), "loopback");
  EXPECT_EQ(found({"MTA-v4", "0.0.0.0", "587"}), "submission");
}

TEST_F(FindListener, ElseAssumesTheFirstInboundOne) {
  EXPECT_EQ(found({"", "", ""}), "inbound (assumed)");
  EXPECT_EQ(found({"x", "192.0.2.1", "2525"}), "inbound (assumed)");
  EXPECT_EQ(found({"x", "not an address", "25x"}), "inbound (assumed)");
}

TEST_F(FindListener, ElseTheFirst) {
  listeners_.erase(listeners_.begin() + 1, listeners_.end());
  EXPECT_EQ(found({"", "", ""}), "submission (assumed)");
}

}  // namespace
}  // namespace portcullis
