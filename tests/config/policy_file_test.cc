#include "config/policy_file.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/golden.h"

namespace portcullis {
namespace {

using golden::ScratchFolder;
using testing::ElementsAre;
using testing::HasSubstr;

std::optional<LoadedPolicy> load(const ScratchFolder& folder, const std::string& text) {
  auto loaded = load_policy(folder.file("policy.conf", text));
  if (!loaded) {
    ADD_FAILURE() << loaded.error().format_all();
    return {};
  }
  return *std::move(loaded);
}

Verdict connect(const Policy& policy, std::string_view address, std::string_view name = {}) {
  return policy.evaluate_connect(ListenerIndex{}, {*IpAddress::parse(address), name}, Time{});
}

TEST(PolicyFile, DecidesAsItIsWritten) {
  const ScratchFolder folder;
  folder.file("blocked.list", "203.0.113.0/24\n198.51.100.1-198.51.100.9 # c\n");
  const auto loaded = load(folder, R"([listener inbound]
[class blocked]
action = deny
clients = file:blocked.list
    192.0.2.0/24, .spam.example
reply = 550 5.7.1 Not you
[class friends]
action = permit
clients = 192.0.2.7
)");
  ASSERT_TRUE(loaded);
  const Policy& policy = *loaded->policy;
  EXPECT_EQ(connect(policy, "203.0.113.5").disposition, Disposition::reject);
  EXPECT_EQ(connect(policy, "203.0.113.5").reply->to_string(), "550 5.7.1 Not you");
  EXPECT_EQ(connect(policy, "198.51.100.9").disposition, Disposition::reject);
  EXPECT_EQ(connect(policy, "198.51.100.10").disposition, Disposition::proceed);
  EXPECT_EQ(connect(policy, "192.0.2.7").disposition, Disposition::proceed);
  EXPECT_EQ(connect(policy, "10.0.0.1", "mx.spam.example").disposition, Disposition::reject);
  const EntryDescription entry = policy.describe(*connect(policy, "192.0.2.8").entry);
  EXPECT_EQ(entry.text, "192.0.2.0/24");
  EXPECT_EQ(entry.file, (folder.path() / "policy.conf").string());
  EXPECT_EQ(entry.line, 5U);
}

TEST(PolicyFile, FillsInEveryOptionOfAListener) {
  const ScratchFolder folder;
  const auto loaded = load(folder, R"([listener inbound]
role = submission
daemon_name = MSA
address = 192.0.2.1, 2001:db8::1
port = 587
implicit_tls_port = 465
default = deny
reply = 450 4.7.1 Later
answer_at = helo
mode = observe
max_connections = 7
max_connections_per_client = 3
client_prefix_ipv4 = 24
client_prefix_ipv6 = 56
[class a]
action = permit
clients = ::1
)");
  ASSERT_TRUE(loaded);
  const Listener& l = loaded->policy->listeners()[0];
  EXPECT_EQ(l.name, "inbound");
  EXPECT_EQ(l.role, ListenerRole::submission);
  EXPECT_EQ(l.daemon_name, "MSA");
  EXPECT_EQ(l.addresses.kind, ListenAddresses::Kind::chosen);
  EXPECT_EQ(l.addresses.chosen.size(), 2U);
  EXPECT_EQ(l.port, 587);
  EXPECT_EQ(l.implicit_tls_port, 465);
  EXPECT_EQ(l.default_action, ListenerDefault::deny);
  EXPECT_EQ(l.reply->to_string(), "450 4.7.1 Later");
  EXPECT_EQ(l.answer_at, AnswerAt::helo);
  EXPECT_EQ(l.mode, Mode::observe);
  EXPECT_EQ(l.max_connections, 7U);
  EXPECT_EQ(l.max_connections_per_client, 3U);
  EXPECT_EQ(l.client_prefix_ipv4, 24U);
  EXPECT_EQ(l.client_prefix_ipv6, 56U);
}

TEST(PolicyFile, FillsInTheDefaultsOfAListener) {
  const ScratchFolder folder;
  const auto loaded = load(folder, "[listener inbound]\n");
  ASSERT_TRUE(loaded);
  const Listener& l = loaded->policy->listeners()[0];
  const Listener untouched;
  EXPECT_EQ(l.daemon_name, "inbound");
  EXPECT_EQ(l.role, untouched.role);
  EXPECT_EQ(l.addresses.kind, untouched.addresses.kind);
  EXPECT_EQ(l.port, untouched.port);
  EXPECT_EQ(l.implicit_tls_port, untouched.implicit_tls_port);
  EXPECT_EQ(l.default_action, untouched.default_action);
  EXPECT_FALSE(l.reply);
  EXPECT_EQ(l.mode, untouched.mode);
  EXPECT_FALSE(l.max_connections);
  EXPECT_FALSE(l.max_connections_per_client);
  EXPECT_EQ(l.client_prefix_ipv4, untouched.client_prefix_ipv4);
  EXPECT_EQ(l.client_prefix_ipv6, untouched.client_prefix_ipv6);
}

TEST(PolicyFile, FillsInEveryOptionOfAClass) {
  const ScratchFolder folder;
  const auto loaded = load(folder, R"([listener one]
max_connections = 9
[listener two]
port = 26
[class limited]
action = permit
clients = 192.0.2.1
listeners = two, one
mode = observe
max_connections = 8
max_connections_per_client = 2
reserved_connections = 4
[class blocked]
action = deny
clients = 192.0.2.2
answer_at = drop
reply = 421 4.7.1 Bye
)");
  ASSERT_TRUE(loaded);
  const ClientClass& limited = loaded->policy->classes()[0];
  EXPECT_EQ(limited.name, "limited");
  EXPECT_EQ(limited.action, Action::permit);
  EXPECT_THAT(limited.listeners, ElementsAre(ListenerIndex{1}, ListenerIndex{0}));
  EXPECT_EQ(limited.mode, Mode::observe);
  EXPECT_EQ(limited.max_connections, 8U);
  EXPECT_EQ(limited.max_connections_per_client, 2U);
  EXPECT_EQ(limited.reserved_connections, 4U);
  const ClientClass& blocked = loaded->policy->classes()[1];
  EXPECT_EQ(blocked.action, Action::deny);
  EXPECT_EQ(blocked.answer_at, AnswerAt::drop);
  EXPECT_EQ(blocked.reply->code(), 421);
  EXPECT_TRUE(blocked.listeners.empty());
}

TEST(PolicyFile, LiftsTheListenersLimitForAClassThatSaysUnlimited) {
  const ScratchFolder folder;
  const auto loaded = load(folder, R"([listener inbound]
max_connections_per_client = 2
[class a]
action = permit
clients = 192.0.2.1
max_connections_per_client = unlimited
[class b]
action = permit
clients = 192.0.2.2
)");
  ASSERT_TRUE(loaded);
  const auto& lifted = loaded->policy->classes()[0].max_connections_per_client;
  ASSERT_TRUE(lifted);
  EXPECT_FALSE(*lifted);
  EXPECT_FALSE(loaded->policy->classes()[1].max_connections_per_client);
}

TEST(PolicyFile, FoldsAMappedNetworkSoThatItHoldsIpv4Clients) {
  const ScratchFolder folder;
  const auto loaded = load(folder,
                           "[listener inbound]\n[class a]\naction = deny\n"
                           "clients = ::ffff:192.0.2.0/120\n");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(connect(*loaded->policy, "192.0.2.9").disposition, Disposition::reject);
  EXPECT_EQ(connect(*loaded->policy, "192.0.3.9").disposition, Disposition::proceed);
}

TEST(PolicyFile, TellsItsListsAndTheirEntries) {
  const ScratchFolder folder;
  folder.file("a.list", "192.0.2.1\n# c\n192.0.2.2\n");
  const auto loaded = load(folder,
                           "[listener inbound]\n[class a]\naction = deny\n"
                           "clients = file:a.list\n    192.0.2.3\n");
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->lists.size(), 1U);
  EXPECT_EQ(loaded->lists[0].class_name, "a");
  EXPECT_EQ(loaded->lists[0].path, (folder.path() / "a.list").string());
  EXPECT_EQ(loaded->lists[0].entries, 2U);
  EXPECT_EQ(loaded->policy->entry_count(), 3U);
}

TEST(DaemonSettings, HaveTheDefaultsOfTheOptionTable) {
  const ScratchFolder folder;
  const auto settings = load_daemon_settings(folder.file("policy.conf", "[listener inbound]\n"));
  ASSERT_TRUE(settings);
  DaemonSettings expected;  // the numbers of the header must be those of the table
  expected.socket = "unix:/run/portcullis/milter.sock";
  expected.control_socket = "/run/portcullis/control.sock";
  expected.user = "portcullis";
  expected.state_dir = "/var/lib/portcullis";
  EXPECT_EQ(*settings, expected);
}

TEST(DaemonSettings, AreReadWhateverElseIsWrong) {
  const ScratchFolder folder;
  const std::string path = folder.file("policy.conf", R"(nonsense
[class a]
action = denny
[daemon]
socket = inet:8891@127.0.0.1
socket_mode = 0600
socket_group = postfix
control_socket = /run/c.sock
user = mail
state_dir = /srv
max_sessions = 10
on_internal_error = accept
log = stderr
drain_timeout = 1m
[listener inbound]
port = many
)");
  const auto settings = load_daemon_settings(path);
  ASSERT_TRUE(settings) << settings.error().format_all();
  const DaemonSettings expected{"inet:8891@127.0.0.1",
                                0600,
                                "postfix",
                                "/run/c.sock",
                                "mail",
                                "/srv",
                                10,
                                OnInternalError::accept,
                                LogTarget::standard_error,
                                std::chrono::minutes(1)};
  EXPECT_EQ(*settings, expected);
  EXPECT_FALSE(load_policy(path));
}

TEST(DaemonSettings, ReportTheErrorsOfTheirSectionAlone) {
  const ScratchFolder folder;
  const std::string path =
      folder.file("policy.conf", "x\n[daemon]\nuser = a b\nsokket = x\n[listener a]\nport = x\n");
  const auto settings = load_daemon_settings(path);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().errors(), 2U);
  EXPECT_THAT(settings.error().format_all(), HasSubstr("policy.conf:3: error"));
  EXPECT_THAT(settings.error().format_all(), HasSubstr("policy.conf:4: error"));
}

std::string compare(std::size_t before, std::size_t after) {
  return compare_lists({{"a", "/x.list", before}}, {{"a", "/x.list", after}}).format_all();
}

TEST(CompareLists, RefusesAListThatBecameEmpty) {
  EXPECT_THAT(compare(1, 0), HasSubstr("/x.list: error: had 1 entries and has none now\n"));
}

TEST(CompareLists, RefusesAListThatLostMoreThanHalf) {
  EXPECT_EQ(compare(10, 5), "");
  EXPECT_THAT(compare(10, 4), HasSubstr("more than half are gone"));
  EXPECT_EQ(compare(3, 2), "");
  EXPECT_NE(compare(3, 1), "");
}

TEST(CompareLists, TakesGrowthAndListsThatWereAlwaysEmpty) {
  EXPECT_EQ(compare(0, 0), "");
  EXPECT_EQ(compare(0, 5), "");
  EXPECT_EQ(compare(5, 500), "");
}

TEST(CompareLists, LeavesListsAloneThatThePolicyNamesNoMore) {
  EXPECT_EQ(
      compare_lists({{"a", "/x.list", 5}}, {{"b", "/x.list", 0}, {"a", "/y.list", 0}}).format_all(),
      "");
}

}  // namespace
}  // namespace portcullis
