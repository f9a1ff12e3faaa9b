// A generated Postfix whose smtpd is chrooted, as Debian's is: the milter's socket, the
// certificates and the users are where it finds them.

#include <filesystem>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/mta/generated/generated_postfix.h"
#include "tests/mta/support/daemon_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/openssl_client.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Arguments: two ports, the certificate and its key.
constexpr const char* kPolicy = R"(
[listener inbound]
address = 127.0.0.1
port = {0}
tls = may
certificate = mx
[listener submission]
role = submission
address = 127.0.0.1
port = {1}
tls = require
certificate = mx
[class blocked]
action = deny
clients = 127.0.0.66
[certificate mx]
certificate = {2}
key = {3}
[authentication]
source = sasldb
sasldb = @QUEUE@/etc/users.db
[mta]
host_name = mx.example.com
)";

class ChrootedPostfix : public GeneratedPostfix {
 public:
  ChrootedPostfix(const std::string& policy, std::string milter_socket,
                  const std::vector<ListenerSpec>& listeners)
      : GeneratedPostfix("[daemon]\nsocket = unix:@QUEUE@/portcullis/milter.sock\n" + policy,
                         {.listeners = listeners}),
        policy_("[daemon]\nsocket = unix:@QUEUE@/portcullis/milter.sock\n" + policy),
        milter_socket_(std::move(milter_socket)) {}

 protected:
  void write_configuration() override {
    GeneratedPostfix::write_configuration();
    for (const ListenerSpec& listener : options().listeners) {
      const std::string service =
          fmt::format("{}:{}/inet/chroot=y", listener.address, listener.port);
      expect_success({"postconf", "-c", directory(), "-F", service});
    }
    apply(policy_);
    // The same socket by another name, which is below the queue directory.
    fs::create_directory(queue_directory() / "portcullis");
    fs::create_hard_link(milter_socket_, queue_directory() / "portcullis/milter.sock");
    fs::create_directory(queue_directory() / "etc");
    const std::string users = queue_directory() / "etc/users.db";
    expect_success({"sh", "-c",
                    "echo secret | saslpasswd2 -p -c -f \"$1\" -u mx.example.com user && chown "
                    "postfix \"$1\"",
                    "sh", users});
  }

 private:
  static void expect_success(const std::vector<std::string>& command) {
    const CommandResult result = run_command(command);
    EXPECT_TRUE(result.status.success()) << result.error;
  }

  std::string policy_;
  std::string milter_socket_;
};

TEST(PostfixGenerateChroot, TheMilterTheCertificatesAndTheUsersAreFound) {
  const std::uint16_t inbound = free_port();
  const std::uint16_t submission = free_port();
  const TestAuthority authority({"mx.example.com"});
  const std::string policy =
      fmt::format(fmt::runtime(kPolicy), inbound, submission, authority.path("mx.example.com.pem"),
                  authority.path("mx.example.com.key"));
  PortcullisDaemon daemon;
  daemon.write_policy(policy.substr(0, policy.find("[authentication")));
  daemon.start();
  ChrootedPostfix postfix(
      policy, daemon.milter_socket(),
      {{.name = "inbound", .port = inbound}, {.name = "submission", .port = submission}});
  postfix.start();
  EXPECT_THAT(run_command({"postconf", "-c", postfix.directory(), "-F", "*/inet/chroot"}).output,
              ::testing::Not(HasSubstr("= n")));

  EXPECT_EQ(postfix.connect("127.0.0.66").read_banner().code, 554) << postfix.log();
  EXPECT_TRUE(daemon.wait_for_log("class=blocked").has_value()) << daemon.log();
  EXPECT_EQ(postfix.connect("127.0.0.1").read_banner().code, 220) << postfix.log();
  const std::string certificate =
      "-starttls smtp -verify_return_error -CAfile " + authority.path("ca.pem");
  EXPECT_THAT(openssl_client(postfix.endpoint("inbound"), certificate),
              HasSubstr("Verify return code: 0 (ok)"));
  // user@mx.example.com, "secret".
  EXPECT_THAT(patient_openssl_client(postfix.endpoint("submission"), certificate,
                                     "EHLO a.test\nAUTH PLAIN "
                                     "AHVzZXJAbXguZXhhbXBsZS5jb20Ac2VjcmV0\nQUIT\n"),
              HasSubstr("\n235 2.7.0"))
      << postfix.log();
}

}  // namespace
}  // namespace portcullis::testing
