// A policy applied to a configuration directory: once, again, changed, and taken back. Nothing
// runs.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contrib/postfix/postfix_changes.h"
#include "contrib/postfix/postfix_edit.h"
#include "contrib/postfix/postfix_plan.h"
#include "tests/contrib/postfix_apply_fixture.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFull = R"(
[listener inbound]
max_connections = 100
max_connections_per_client = 20
idle_timeout = 5m
[listener inside]
role = outbound
address = 127.0.0.1, 127.0.0.2
port = 2525
relay_networks = 127.0.0.0/8
[mta]
host_name = mx.example.com
banner = ESMTP $1
vrfy = no
max_message_size = 100M
tls_profile = intermediate
unverified_clients = reject
[outgoing]
tls = may
hosts = a.example.com, b.example.com
[route inside]
domains = example.com, .example.com
hosts = 192.0.2.1
)";

TEST_F(PostfixApply, TwiceChangesNothingTheSecondTime) {
  apply(kFull);
  const std::string before = traces();
  const auto again = configuration(kFull)->edit();
  EXPECT_TRUE(again.has_value());
  EXPECT_EQ(traces(), before);
}

TEST_F(PostfixApply, IsTakenBackBySayingNothing) {
  const std::string before = all_settings();
  apply(kFull);
  EXPECT_NE(all_settings(), before);
  EXPECT_TRUE(fs::exists(etc() / "portcullis_transport"));
  apply("[listener inbound]\n");
  EXPECT_FALSE(fs::exists(etc() / "portcullis_transport"));
  EXPECT_THAT(postconf({"-n"}), testing::Not(testing::HasSubstr("mailbox_size_limit")));
  EXPECT_THAT(postconf({"-n"}), testing::HasSubstr("$myhostname ESMTP $mail_name (Debian/GNU)"));
  EXPECT_THAT(postconf({"-P"}), testing::Not(testing::HasSubstr("smtpd_timeout")));
  EXPECT_EQ(postconf({"-F", "smtp/inet/process_limit"}), "smtp/inet/process_limit = -\n");
  EXPECT_EQ(postconf({"-F"}).find(":2525/inet"), std::string::npos);
}

// The names of services may be spelled in many ways.
TEST_F(PostfixApply, TakesOverTheServiceThatIsThere) {
  EXPECT_THAT(changes("[listener inbound]\nidle_timeout = 5m\n"),
              testing::ElementsAre(
                  "main.cf inet_interfaces: - -> all",
                  "main.cf smtpd_milters: - -> {unix:portcullis/milter.sock,connect_timeout=30s,"
                  "command_timeout=30s,default_action=tempfail}",
                  "master.cf smtp/inet/milter_macro_daemon_name: - -> inbound",
                  "master.cf smtp/inet/smtpd_timeout: - -> 300s"));
}

TEST_F(PostfixApply, ReplacesWhatStandsInTheWay) {
  add("master.cf", "127.0.0.1:25 inet n - n - 7 smtpd\n  -o content_filter=x:\n");
  const std::string before = all_settings();
  const std::string policy = "[listener inbound]\naddress = 127.0.0.2, ::1\n";
  EXPECT_THAT(changes(policy),
              testing::Contains("master.cf smtp/inet: smtp inet n - y - - smtpd -> -"));
  apply(policy);
  EXPECT_EQ(postconf({"-F"}).find("smtp/inet"), std::string::npos);
  EXPECT_THAT(postconf({"-M"}), testing::HasSubstr("127.0.0.1:25"));
  EXPECT_THAT(postconf({"-M"}), testing::HasSubstr("[::1]:25"));

  apply("[listener inbound]\naddress = 127.0.0.1\nport = 26\n");
  EXPECT_THAT(postconf({"-M"}), testing::HasSubstr("smtp       inet"));
  EXPECT_EQ(postconf({"-P", "127.0.0.1:25/inet"}), "127.0.0.1:25/inet/content_filter = x:\n");
  EXPECT_EQ(postconf({"-M"}).find("[::1]:25"), std::string::npos);
}

TEST_F(PostfixApply, LeavesOthersTheirPartOfAList) {
  add("main.cf",
      "smtpd_milters = inet:localhost:8891, { unix:other.sock, default_action = accept }\n"
      "smtpd_client_restrictions = permit_mynetworks reject_rbl_client rbl.example\n"
      "relay_domains = example.net\n"
      "transport_maps = hash:/etc/postfix/transport\n");
  const std::string before = postconf({"-n"});
  apply(kFull);
  EXPECT_THAT(postconf({"-h", "smtpd_milters"}),
              testing::EndsWith("default_action=tempfail}, inet:localhost:8891, "
                                "{ unix:other.sock, default_action = accept }\n"));
  EXPECT_EQ(postconf({"-h", "smtpd_client_restrictions"}),
            "permit_mynetworks, reject_rbl_client, rbl.example, reject_unknown_client_hostname\n");
  EXPECT_EQ(postconf({"-h", "relay_domains"}),
            "example.net, regexp:$config_directory/portcullis_relay_domains\n");

  // Somebody adds a milter of his own: it stays when ours changes, and when the rest goes.
  postconf({"-e", "relay_domains=example.org, regexp:$config_directory/portcullis_relay_domains"});
  cool_down();
  apply("[listener inbound]\n[mta]\nmilter_timeout = 5s\n");
  EXPECT_THAT(postconf({"-h", "smtpd_milters"}), testing::HasSubstr("command_timeout=5s"));
  EXPECT_EQ(postconf({"-h", "smtpd_milters"}).find("30s"), std::string::npos);
  EXPECT_EQ(postconf({"-h", "smtpd_client_restrictions"}),
            "permit_mynetworks reject_rbl_client rbl.example\n");
  EXPECT_THAT(postconf({"-h", "relay_domains"}), testing::HasSubstr("example.org"));
  EXPECT_EQ(postconf({"-h", "relay_domains"}).find("regexp:"), std::string::npos);
}

TEST_F(PostfixApply, LeavesAnotherProgramOnThePortAlone) {
  add("master.cf", "2525 inet n - n - - spawn user=nobody argv=/bin/true\n");
  const auto refused = configuration("[listener inbound]\nport = 2525\n");
  ASSERT_TRUE(refused->findings().has_errors());
  EXPECT_THAT(refused->findings().format_all(), testing::HasSubstr("runs spawn on this port"));
  const std::string before = traces();
  EXPECT_FALSE(refused->edit().has_value());
  EXPECT_EQ(traces(), before);
}

// Another application may end, or one that was cut short be taken back, after this one has looked.
TEST_F(PostfixApply, ABackupHoldsTheFilesThatTheRecordNamesNow) {
  const auto early = configuration("[listener inbound]\n");
  EXPECT_THAT(early->edited_files(),
              testing::Not(testing::Contains((etc() / "portcullis_transport").string())));
  apply(kFull);
  EXPECT_THAT(early->edited_files(),
              testing::IsSupersetOf({(etc() / "portcullis_transport").string(),
                                     (etc() / "portcullis_relay_domains").string()}));
}

TEST_F(PostfixApply, AnObstacleThatComesLaterIsFound) {
  const auto early = configuration("[listener inbound]\nport = 2525\n");
  add("master.cf", "2525 inet n - n - - spawn user=nobody argv=/bin/true\n");
  const auto edited = early->edit();
  ASSERT_FALSE(edited.has_value());
  EXPECT_THAT(edited.error().format_all(), testing::HasSubstr("runs spawn on this port"));
}

TEST_F(PostfixApply, RefusesACertificateThatIsNotThere) {
  const auto refused = configuration(
      "[listener inbound]\ntls = may\ncertificate = mx\n"
      "[certificate mx]\ncertificate = /nowhere/mx.pem\nkey = /nowhere/mx.key\n");
  EXPECT_FALSE(refused->findings().has_errors());
  const std::string before = traces();
  const auto edited = refused->edit();
  ASSERT_FALSE(edited.has_value());
  EXPECT_THAT(edited.error().format_all(),
              testing::HasSubstr("policy.conf:6: error: \"[certificate mx]\" in /nowhere/mx.pem"));
  EXPECT_EQ(traces(), before);
}

TEST_F(PostfixApply, LintSeesAMisspeltSettingAndAMilterThatIsAway) {
  add("main.cf", "smptd_milters = unix:x\n");
  const std::string found = configuration("[listener inbound]\n")->lint().format_all();
  EXPECT_THAT(found, testing::HasSubstr("unused parameter: smptd_milters=unix:x"));
  EXPECT_THAT(found, testing::HasSubstr("milter.sock\" does not answer: No such file"));
}

TEST_F(PostfixApply, ARecordThatIsNoneIsAnError) {
  golden::write_file(etc() / "portcullis.applied", "{\"form\": 1, \"cells\": [{}]}\n");
  EXPECT_THAT(configuration("[listener inbound]\n")->findings().format_all(),
              testing::HasSubstr("is no record that portcullis has written"));
}

// All else that could be said would be about another Postfix.
TEST_F(PostfixApply, ADirectoryThatCannotBeReadIsOneError) {
  add("master.cf", "smtp inet\n");
  const auto refused = configuration("[listener inbound]\n");
  EXPECT_EQ(refused->findings().errors(), 1U) << refused->findings().format_all();
  EXPECT_THAT(refused->findings().format_all(),
              testing::HasSubstr("cannot read the configuration of Postfix"));
}

TEST_F(PostfixApply, SaslauthdIsStartedWithTheFileOfThisDirectory) {
  const auto found = configuration(
                         "[listener users]\nrole = submission\nport = 587\n"
                         "[authentication]\nsource = ldap\nldap_uri = ldap://127.0.0.1\n"
                         "ldap_base = dc=example\n")
                         ->findings();
  EXPECT_THAT(found.format_all(),
              testing::HasSubstr("-O " + (etc() / "sasl" / "saslauthd.conf").string()));
}

TEST_F(PostfixApply, ADomainThatPostfixTakesForItsOwnIsNotRouted) {
  const auto findings = [&] { return configuration(kFull)->findings().format_all(); };
  EXPECT_EQ(findings(), "");
  for (const char* name : {"mydestination", "virtual_mailbox_domains", "virtual_alias_domains"}) {
    postconf({"-e", "mydomain=Example.com", std::string(name) + " = a.test, $mydomain",
              "virtual_mailbox_maps = hash:/x"});
    cool_down();
    EXPECT_THAT(findings(),
                testing::ContainsRegex(std::string("error: \"example.com\" stands in ") + name +
                                       " of main.cf as well"));
    postconf({"-X", name});
    cool_down();
  }
  // Where Postfix knows no recipients, it takes all.
  postconf({"-e", "mydestination = example.com", "local_recipient_maps ="});
  cool_down();
  EXPECT_EQ(findings(), "");
}

TEST_F(PostfixApply, TheAdministratorsPasswordsAreNotShownAndKeepTheirMode) {
  const fs::path file = etc() / "sasl" / "smtpd.conf";
  const std::string before = "pwcheck_method: auxprop\nsql_passwd: geheim\n";
  golden::write_file(file, before);
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  ASSERT_EQ(chown(file.c_str(), 0, 7), 0);
  const auto expect_attributes = [&] {
    struct stat state {};
    stat(file.c_str(), &state);
    EXPECT_EQ(state.st_mode & 07777, 0640U);
    EXPECT_EQ(state.st_gid, 7U);
  };
  const std::string submission =
      "[listener users]\nrole = submission\nport = 587\ntls = require\ncertificate = mx\n"
      "[certificate mx]\ncertificate = /nowhere/mx.pem\nkey = /nowhere/mx.key\n"
      "[authentication]\nsource = saslauthd\nsocket = /var/spool/postfix/var/run/saslauthd/mux\n";
  const auto plan = [&](const std::string& policy) {
    const auto loaded = load_policy(scratch_.file("policy.conf", kSocket + policy));
    const auto facts = read_postfix_facts(etc(), {});
    return find_changes(make_postfix_plan(loaded->mta, *facts), *facts,
                        [&](const std::string& name) { return read_config_file(etc() / name); });
  };
  for (const std::string& policy : {submission, std::string("[listener inbound]\n")}) {
    const PostfixChanges found = plan(policy);
    std::string texts;
    for (const MtaChange& change : describe(found.steps)) texts += text_of(change) + '\n';
    EXPECT_THAT(texts, testing::HasSubstr("sasl/smtpd.conf sql_passwd:"));
    EXPECT_THAT(texts, testing::HasSubstr("(secret)"));
    EXPECT_THAT(texts, testing::HasSubstr("sasl/smtpd.conf pwcheck_method:"));
    EXPECT_THAT(texts, testing::Not(testing::HasSubstr("geheim")));
    ASSERT_TRUE(make_changes(etc(), found).has_value());
    cool_down();
    expect_attributes();
  }
  EXPECT_EQ(golden::read_file(file), before);
}

}  // namespace
}  // namespace portcullis
