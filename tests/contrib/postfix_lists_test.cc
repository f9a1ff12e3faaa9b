// Lists in which others have items, when a policy comes, changes and goes. Nothing runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contrib/postfix_apply_fixture.h"

namespace portcullis {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kNothing = "[listener inbound]\n";
constexpr const char* kAccept = "[listener inbound]\n[mta]\nunverified_clients = accept\n";
constexpr const char* kReject = "[listener inbound]\n[mta]\nunverified_clients = reject\n";

class PostfixLists : public PostfixApply {
 protected:
  void restrict_clients(const std::string& items) const {
    postconf({"-e", "smtpd_client_restrictions=" + items});
    cool_down();
  }
  std::string restrictions() const {
    const std::string text = postconf({"-h", "smtpd_client_restrictions"});
    return text.substr(0, text.size() - 1);
  }
  std::string milters() const { return postconf({"-h", "smtpd_milters"}); }
};

// What is added between two applications belongs to him who has added it.
TEST_F(PostfixLists, ItemsThatOthersAddBetweenTwoApplicationsStay) {
  restrict_clients("permit_mynetworks");
  apply(kReject);
  restrict_clients(restrictions() + ", reject_rbl_client rbl.example");
  apply(std::string(kReject) + "vrfy = no\n");
  apply(kNothing);
  EXPECT_EQ(restrictions(), "permit_mynetworks, reject_rbl_client, rbl.example");
}

TEST_F(PostfixLists, ItemsThatOthersTakeOutStayOut) {
  restrict_clients("permit_mynetworks, reject_rbl_client rbl.example");
  apply(kReject);
  restrict_clients("permit_mynetworks, reject_unknown_client_hostname");
  apply(std::string(kReject) + "vrfy = no\n");
  apply(kNothing);
  EXPECT_EQ(restrictions(), "permit_mynetworks");
}

// A warn_if_reject that stays behind would hold for what follows.
TEST_F(PostfixLists, ACheckThatGoesTakesItsWarningAlong) {
  const std::string before =
      "permit_mynetworks, warn_if_reject reject_unknown_client_hostname, reject_rbl_client "
      "x.example";
  restrict_clients(before);
  apply(kAccept);
  EXPECT_EQ(restrictions(), "permit_mynetworks, reject_rbl_client, x.example");
  apply(kReject);
  EXPECT_EQ(restrictions(),
            "permit_mynetworks, reject_rbl_client, x.example, reject_unknown_client_hostname");
  apply(kNothing);
  EXPECT_EQ(restrictions(), before);
}

TEST_F(PostfixLists, ACheckThatWasTakenOutComesBackAmongWhatOthersHaveAdded) {
  restrict_clients("permit_mynetworks, warn_if_reject reject_unknown_client_hostname, x");
  apply(kAccept);
  restrict_clients("y, permit_mynetworks, z, x");
  apply(std::string(kAccept) + "vrfy = no\n");
  apply(kNothing);
  EXPECT_EQ(restrictions(),
            "y, permit_mynetworks, warn_if_reject, reject_unknown_client_hostname, z, x");
}

TEST_F(PostfixLists, ACheckStandsBeforeWhatDecidesForEveryone) {
  restrict_clients("permit_mynetworks, warn_if_reject reject, permit");
  apply(kReject);
  EXPECT_EQ(restrictions(),
            "permit_mynetworks, warn_if_reject, reject, reject_unknown_client_hostname, permit");
  restrict_clients("warn_if_reject permit");
  apply(kReject);
  EXPECT_EQ(restrictions(), "reject_unknown_client_hostname, warn_if_reject, permit");
  restrict_clients("check_client_access hash:x, reject");
  apply(kReject);
  EXPECT_EQ(restrictions(), "check_client_access, hash:x, reject_unknown_client_hostname, reject");
}

// Two items would ask twice, and count each client twice.
TEST_F(PostfixLists, OurMilterIsKnownHoweverItsSocketIsWritten) {
  for (const char* same :
       {"unix:/var/spool/postfix/portcullis/milter.sock", "unix:portcullis//milter.sock",
        "local:portcullis/milter.sock", "unix:$queue_directory/portcullis/./milter.sock",
        "{unix:/portcullis/milter.sock, default_action=accept}"}) {
    postconf({"-e", std::string("smtpd_milters=unix:other.sock, ") + same});
    cool_down();
    apply(kNothing);
    EXPECT_THAT(milters(), testing::EndsWith("default_action=tempfail}, unix:other.sock\n"))
        << same;
  }
}

TEST_F(PostfixLists, OurMilterIsKnownHoweverItsHostIsWritten) {
  const auto with_socket = [&](const std::string& socket) {
    const auto loaded = load_policy(
        scratch_.file("inet.conf", "[daemon]\nsocket = " + socket + "\n[listener inbound]\n"));
    return make_postfix_configuration(loaded->mta, {etc(), {}})->edit();
  };
  for (const auto& [socket, same] : {std::pair{"inet:8891@127.0.0.1", "inet:localhost:8891"},
                                     std::pair{"inet:8891@127.0.0.1", "inet:[127.0.0.1]:8891"},
                                     std::pair{"inet6:8891@::1", "inet:localhost:8891"},
                                     std::pair{"inet6:8891@::1", "inet:[0:0:0:0:0:0:0:1]:8891"}}) {
    postconf({"-e", std::string("smtpd_milters=inet:127.0.0.1:8892, ") + same});
    cool_down();
    ASSERT_TRUE(with_socket(socket).has_value());
    cool_down();
    EXPECT_THAT(milters(), testing::EndsWith("default_action=tempfail}, inet:127.0.0.1:8892\n"))
        << same;
  }
}

}  // namespace
}  // namespace portcullis
