#include "milter/decision_log.h"

#include <gmock/gmock.h>

#include "policy/policy_builder.h"

namespace portcullis {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class DecisionLog : public ::testing::Test {
 protected:
  // One listener that denies one class, whose names and texts are as given.
  void build(const std::string& class_name, const std::string& file, const std::string& reply) {
    PolicyBuilder builder;
    Listener listener;
    listener.name = "inbound";
    builder.add_listener(listener);
    ClientClass blocked;
    blocked.name = class_name;
    blocked.action = Action::deny;
    blocked.reply = SmtpReply::known(reply);
    const ClassIndex index = builder.add_class(blocked);
    builder.add_network(builder.add_source(index, file), IpPrefix(address_, 24), 7, std::nullopt);
    policy_ = builder.build().value();
  }

  std::string line(const LoggedClient& client) {
    const Client asked{client.address, client.verified_name};
    std::string line;
    write_decision(line, *policy_, policy_->evaluate_connect(ListenerIndex{}, asked, Time{}),
                   client);
    return line;
  }

  const IpAddress address_ = IpAddress::parse("192.0.2.1").value();
  std::shared_ptr<const Policy> policy_;
};

TEST_F(DecisionLog, HasTheKeysInOrder) {
  build("blocked", "/etc/portcullis/blocked.list", "554 5.7.1 Access denied");
  EXPECT_EQ(line({address_, "mx.example", "helo.example"}),
            "verdict=reject action=deny class=blocked entry=\"192.0.2.0/24\" "
            "source=/etc/portcullis/blocked.list:7 listener=inbound client=mx.example[192.0.2.1] "
            "helo=<helo.example> reply=\"554 5.7.1 Access denied\" answer_at=connect");
}

TEST_F(DecisionLog, NamesNeitherClassNorReplyOfThoseWhomNothingNames) {
  build("blocked", "f", "554 5.7.1 Access denied");
  EXPECT_EQ(line({IpAddress::parse("2001:db8::1").value(), "", std::nullopt}),
            "verdict=continue action=default listener=inbound client=unknown[2001:db8::1]");
  EXPECT_EQ(line({std::nullopt, "", std::nullopt}),
            "verdict=continue action=local listener=inbound client=local");
}

TEST_F(DecisionLog, ForeignTextCannotEndItsValue) {
  build("blocked", "/tmp/a b\n\"c", "554 5.7.1 Say \"no\"");
  const std::string text = line({address_, "", "x> verdict=continue <\"\r\n\x1b\x7f\xff"});
  EXPECT_THAT(text, HasSubstr("helo=<x\\x3e\\x20verdict=continue\\x20\\x3c\\x22\\x0d\\x0a\\x1b\\x7f"
                              "\\xff> reply="));
  EXPECT_THAT(text, HasSubstr("source=/tmp/a\\x20b\\x0a\\x22c:7 "));
  EXPECT_THAT(text, HasSubstr("reply=\"554 5.7.1 Say \\x22no\\x22\" answer_at="));
}

TEST_F(DecisionLog, StaysShortAndWholeWhateverIsInIt) {
  build(std::string(500, 'c'), std::string(4000, 'f'), "554 5.7.1 " + std::string(500, '"'));
  for (const char c : {'a', '\x01', ' ', '"'}) {
    const std::string foreign(512, c);
    const std::string text = line({address_, foreign, foreign});
    EXPECT_LE(text.size(), kMaxDecisionLine);
    EXPECT_THAT(text, EndsWith(" answer_at=connect"));
    EXPECT_THAT(text, Not(HasSubstr("\n")));
  }
}

}  // namespace
}  // namespace portcullis
