// set, get, unset, add-section, remove-section.

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"
#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kPolicy = R"(# Mail gateway of example.com.
# Ask postmaster before you change this.

; --- the daemon ---
[daemon]
max_sessions = 4096            ; measured in March

# One section for each SMTP service of the MTA.
[listener inbound]             ; the MX
role = inbound
port = 25                      ; not 587
;mode = observe

# The deny list.
[class blocked]
action = deny
# Entries of our own stand here, the feed in a file.
clients = file:blocked.list    ; fetched at night
    192.0.2.0/24               ; a neighbour
    # from the abuse desk:
    198.51.100.7, .spam.example
reply = 554 5.7.1 Access denied

[class partners]
action=permit
clients=203.0.113.0/28
)";

class Set : public Cli {
 protected:
  Set() {
    write_policy(kPolicy);
    write_list("blocked.list", "192.0.2.1\n");
  }

  std::string policy() const { return read_file(policy_path()); }

  // Runs it; it must work. Returns what it changed: the lines of `diff`, without places.
  std::string changes(const std::vector<std::string>& arguments) const {
    const std::string before = policy();
    scratch_.write("before.conf", before);
    const CommandResult result = run_here(arguments);
    EXPECT_EQ(result.status.code, 0) << result.error;
    return shell("diff \"${C%/*}/before.conf\" \"$C\" | grep '^[<>]'").output;
  }

  // Runs it; it must be refused with this code, and change nothing. Returns what it says.
  std::string refusal(int code, const std::vector<std::string>& arguments) const {
    const std::string before = policy();
    const CommandResult result = run_here(arguments);
    EXPECT_EQ(result.status.code, code) << result.error;
    EXPECT_EQ(policy(), before);
    EXPECT_TRUE(is_fit_for_terminal(result.error)) << result.error;
    return result.error;
  }

  std::string get(const std::string& setting) const { return run_here({"get", setting}).output; }
};

TEST_F(Set, ChangesTheLineOfTheSettingAndNoOther) {
  EXPECT_EQ(changes({"set", "listener inbound.port", "2525"}),
            "< port = 25                      ; not 587\n"
            "> port = 2525                    ; not 587\n");
  EXPECT_EQ(changes({"set", "listener inbound.mode", "observe"}), "> mode = observe\n");
  EXPECT_EQ(changes({"set", "class partners.max_connections", "50"}), "> max_connections=50\n");
  EXPECT_EQ(changes({"unset", "daemon.max_sessions"}),
            "< max_sessions = 4096            ; measured in March\n");
}

TEST_F(Set, SaysWhatItDid) {
  const CommandResult result = run_here({"set", "listener inbound.port", "2525"});
  EXPECT_EQ(result.output, "[listener inbound] port is 2525, was 25\n");
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(run_here({"set", "listener inbound.port", "2525"}).output,
            "[listener inbound] port is 2525 already\n");
  EXPECT_EQ(run_here({"unset", "listener inbound.port"}).output,
            "[listener inbound] port is 25 by default, was 2525\n");
  EXPECT_EQ(run_here({"set", "daemon.max_sessions", "100"}).output,
            "[daemon] max_sessions is 100, was 4096\n"
            "restart needed: portcullisd reads it when it starts\n");
}

TEST_F(Set, FindsASectionByItsTitleOrItsNameAlone) {
  for (const std::string name : {"listener inbound.port", "\"listener inbound\".port",
                                 "inbound.port", " listener   inbound .port"}) {
    EXPECT_EQ(get(name), "25\n") << name;
  }
  EXPECT_EQ(get("daemon.max_sessions"), "4096\n");
  write_policy(std::string(kPolicy) + "[listener partners]\nport = 26\n");
  EXPECT_EQ(refusal(65, {"get", "partners.action"}),
            "portcullis: \"partners\" is the name of several sections\n"
            "    write one of: class partners, listener partners\n");
}

TEST_F(Set, SaysWhatMayHaveBeenMeant) {
  EXPECT_THAT(
      refusal(65, {"set", "inbuond.port", "25"}),
      StartsWith("portcullis: \"inbuond\" is no section of the policy\n"
                 "    did you mean listener inbound? known here: daemon, mta, outgoing, listener"));
  EXPECT_THAT(refusal(65, {"set", "listener inbuond.port", "25"}),
              HasSubstr("did you mean listener inbound?"));
  EXPECT_THAT(refusal(65, {"get", "inbound.prot"}),
              StartsWith("portcullis: \"prot\" is not an option of [listener inbound]\n"
                         "    did you mean port? known here: role, "));
  EXPECT_THAT(refusal(65, {"set", "port", "25"}), HasSubstr("write SECTION.KEY"));
  EXPECT_THAT(refusal(65, {"set", "blocked.clients", "--remove", "192.0.2.0/23"}),
              HasSubstr("did you mean 192.0.2.0/24?"));
}

TEST_F(Set, APolicyThatWouldHaveErrorsIsNotWritten) {
  const std::string said = refusal(78, {"set", "listener inbound.port", "70000"});
  EXPECT_THAT(said, AllOf(HasSubstr("portcullis.conf:11: error: \"port = 70000\""),
                          HasSubstr("nothing was changed")));
  EXPECT_THAT(refusal(78, {"set", "listener inbound.max_connections", "0"}),
              HasSubstr("unlimited"));
  EXPECT_THAT(refusal(78, {"unset", "blocked.action"}), HasSubstr("has no action"));
  EXPECT_THAT(refusal(78, {"remove-section", "inbound"}), HasSubstr("no [listener NAME]"));
  EXPECT_THAT(refusal(78, {"set", "blocked.clients", "--add", "file:missing.list"}),
              HasSubstr("missing.list"));
  const CommandResult json = run_here({"set", "listener inbound.port", "70000", "--json"});
  EXPECT_EQ(json.status.code, 78);
  const auto parsed = nlohmann::json::parse(json.output);
  EXPECT_EQ(parsed["ok"], false);
  EXPECT_EQ(parsed["diagnostics"][0]["line"], 11);
  EXPECT_EQ(parsed["diagnostics"][0]["code"], "bad-option");
}

TEST_F(Set, AnEditMayMendABrokenPolicy) {
  write_policy("[listener inbound]\nport: 25\n");
  EXPECT_EQ(changes({"set", "inbound.port", "25"}), "< port: 25\n> port = 25\n");
}

TEST_F(Set, NoValueBecomesASectionASettingOrAComment) {
  for (const std::string value : {"25\n[class evil]\naction = exempt", "25\nmode = observe", "25\r",
                                  "25 ; x", "25 # x", "\x1b]0;x\x07", "", "  ", "\n", "25\n  26"}) {
    EXPECT_THAT(refusal(65, {"set", "inbound.port", value}), StartsWith("portcullis: ")) << value;
  }
  EXPECT_EQ(refusal(65, {"set", "blocked.reply", "554 5.7.1 No\n[class evil]"}),
            "portcullis: \"554 5.7.1 No\\x0a[class evil]\" is indented, so it continues the value "
            "above\n    start a section in the first column\n");
  for (const std::string item : {"::1\nreply = 554 5.7.1 x", "::1\n[x]", "::1 ; all", "\x01"}) {
    EXPECT_THAT(refusal(65, {"set", "blocked.clients", "--add", item}), Not(IsEmpty())) << item;
    EXPECT_THAT(refusal(65, {"set", "blocked.clients", item}), Not(IsEmpty())) << item;
  }
  refusal(65, {"add-section", "class x]\n[class evil", "action=exempt", "clients=::1"});
  refusal(65, {"add-section", "class x", "action=exempt\n[class evil]", "clients=::1"});
  refusal(65, {"add-section", "class x", "action\n=exempt", "clients=::1"});
}

TEST_F(Set, ListsAreEditedItemByItem) {
  EXPECT_EQ(changes({"set", "blocked.clients", "--add", "2001:db8::/32"}), ">     2001:db8::/32\n");
  EXPECT_EQ(changes({"set", "blocked.clients", "--remove", "198.51.100.7/32"}),
            "<     198.51.100.7, .spam.example\n>     .spam.example\n");
  EXPECT_EQ(changes({"set", "partners.clients", "--add", "10.1.0.0/16", "--add", "10.2.0.0/16",
                     "--remove", "203.0.113.0/28"}),
            "< clients=203.0.113.0/28\n> clients=10.1.0.0/16, 10.2.0.0/16\n");
  EXPECT_EQ(changes({"set", "partners.clients", "--add", "10.1.0.0/16"}), "");
  EXPECT_EQ(changes({"set", "partners.clients", "--add", "10.1.0.0/255.255.0.0"}), "");
  EXPECT_EQ(changes({"set", "partners.clients", "--add", "10.3.0.1 expires=2030-01-31T00:00:00Z"}),
            "< clients=10.1.0.0/16, 10.2.0.0/16\n"
            "> clients=10.1.0.0/16, 10.2.0.0/16, 10.3.0.1 expires=2030-01-31T00:00:00Z\n");
  EXPECT_THAT(refusal(65, {"set", "partners.clients", "--add", "10.3.0.1"}),
              HasSubstr("is in [class partners] clients as \"10.3.0.1 expires="));
  EXPECT_THAT(
      refusal(78, {"set", "partners.clients", "--remove", "10.1.0.0/16,10.2.0.0/16,10.3.0.1"}),
      HasSubstr("has no clients"));
  EXPECT_THAT(refusal(64, {"set", "inbound.port", "--add", "26"}), HasSubstr("is no list"));
  EXPECT_THAT(refusal(64, {"set", "blocked.clients", "::1", "--add", "::2"}),
              HasSubstr("give a value, or items"));
}

TEST_F(Set, WhatHoldsByDefaultIsNotLostByAnItem) {
  // "all" and a name is an error; without the "all" the class would hold on fewer listeners.
  EXPECT_THAT(refusal(78, {"set", "blocked.listeners", "--add", "inbound"}),
              HasSubstr("stands among names of listeners"));
  EXPECT_EQ(changes({"set", "blocked.listeners", "inbound"}), "> listeners = inbound\n");
  EXPECT_THAT(refusal(65, {"set", "blocked.listeners", "--remove", "inbound"}),
              HasSubstr("unset \"class blocked.listeners\" to have all by default"));
}

TEST_F(Set, AListIsReplacedInTheLinesWhereItStands) {
  EXPECT_EQ(changes({"set", "blocked.clients", "file:blocked.list, 192.0.2.0/24, ::1"}),
            "<     198.51.100.7, .spam.example\n>     ::1\n");
  EXPECT_EQ(changes({"set", "partners.clients", "10.0.0.1,10.0.0.2\n10.0.0.3"}),
            "< clients=203.0.113.0/28\n> clients=10.0.0.1, 10.0.0.2, 10.0.0.3\n");
}

TEST_F(Set, WhatIsTooLongForALineIsWrapped) {
  std::string items;
  for (int i = 1; i <= 30; ++i) items += fmt::format("{}198.51.100.{}", i > 1 ? "," : "", i);
  EXPECT_THAT(changes({"set", "partners.clients", items}),
              StartsWith("< clients=203.0.113.0/28\n> clients=\n>     198.51.100.1\n"));
  EXPECT_THAT(get("partners.clients"),
              AllOf(StartsWith("198.51.100.1\n198.51.100.2\n"), HasSubstr("\n198.51.100.30\n")));
  std::string reply = "554 5.7.1 Access denied";
  while (reply.size() < 400) reply += " see https://example.com/blocked";
  changes({"set", "blocked.reply", reply});
  EXPECT_EQ(get("blocked.reply"), reply + '\n');
  EXPECT_THAT(refusal(65, {"set", "inbound.daemon_name", std::string(190, 'x')}),
              HasSubstr("is a line of more than 196 bytes"));
  EXPECT_THAT(refusal(65, {"set", "blocked.reply", "554 5.7.1 " + std::string(200, 'x')}),
              HasSubstr("is a line of more than 196 bytes"));
}

TEST_F(Set, DryRunShowsTheDifferenceAndWritesNothing) {
  const std::string before = policy();
  const CommandResult result = run_here({"set", "listener inbound.port", "2525", "--dry-run"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output, fmt::format("--- {0}\n+++ {0}\n"
                                       "@@ -8,7 +8,7 @@\n"
                                       " # One section for each SMTP service of the MTA.\n"
                                       " [listener inbound]             ; the MX\n"
                                       " role = inbound\n"
                                       "-port = 25                      ; not 587\n"
                                       "+port = 2525                    ; not 587\n"
                                       " ;mode = observe\n"
                                       " \n"
                                       " # The deny list.\n",
                                       policy_path()));
  EXPECT_EQ(policy(), before);
  refusal(78, {"set", "listener inbound.port", "70000", "--dry-run"});
}

TEST_F(Set, GetSaysWhereAValueComesFrom) {
  EXPECT_EQ(get("blocked.clients"),
            "file:blocked.list\n192.0.2.0/24\n198.51.100.7\n.spam.example\n");
  auto json = json_here({"get", "inbound.port"});
  EXPECT_EQ(json["value"], "25");
  EXPECT_EQ(json["source"], "file");
  EXPECT_EQ(json["line"], 11);
  json = json_here({"get", "inbound.default"});
  EXPECT_EQ(json["value"], "accept");
  EXPECT_EQ(json["source"], "default");
  EXPECT_TRUE(json["line"].is_null());
  json = json_here({"get", "blocked.answer_at"});
  EXPECT_TRUE(json["value"].is_null());
  EXPECT_EQ(json["note"], "that of the listener");
  EXPECT_EQ(json_here({"get", "blocked.listeners"})["value"], nlohmann::json::array({"all"}));
  write_policy("[listener inbound]\n");
  EXPECT_EQ(get("daemon.max_sessions"), "8192\n");
}

TEST_F(Set, JsonSaysWhatHasChanged) {
  const auto json = nlohmann::ordered_json::parse(
      run_here({"set", "daemon.max_sessions", "100", "--json"}).output);
  EXPECT_THAT(keys_of(json),
              ElementsAre("ok", "file", "changed", "dry_run", "section", "key", "before", "after",
                          "line", "restart_needed", "difference", "diagnostics"));
  EXPECT_EQ(json["before"], "4096");
  EXPECT_EQ(json["after"], "100");
  EXPECT_EQ(json["line"], 6);
  EXPECT_EQ(json["restart_needed"], true);
  EXPECT_EQ(json_here({"set", "daemon.max_sessions", "100"})["changed"], false);
}

TEST_F(Set, SectionsComeAndGo) {
  EXPECT_EQ(changes({"add-section", "class", "trusted", "action=exempt", "clients=::1,10.0.0.0/8"}),
            "> \n> [class trusted]\n> action = exempt\n> clients = ::1, 10.0.0.0/8\n");
  EXPECT_EQ(changes({"add-section", "listener submission", "port=587"}),
            "> [listener submission]\n> port = 587\n> \n");
  EXPECT_EQ(changes({"remove-section", "submission"}),
            "< [listener submission]\n< port = 587\n< \n");
  EXPECT_EQ(changes({"remove-section", "class", "trusted"}),
            "< \n< [class trusted]\n< action = exempt\n< clients = ::1, 10.0.0.0/8\n");
  EXPECT_EQ(policy(), kPolicy);
  EXPECT_THAT(refusal(78, {"add-section", "class", "new"}), HasSubstr("has no action"));
  EXPECT_THAT(refusal(65, {"add-section", "class", "blocked", "action=deny"}),
              HasSubstr("is there already"));
  EXPECT_THAT(refusal(65, {"remove-section", "nobody"}), HasSubstr("is no section"));
  EXPECT_THAT(refusal(78, {"add-section", "group x", "action=deny"}), Not(IsEmpty()));
}

TEST_F(Set, ADaemonSectionIsAddedWhenItIsNeeded) {
  write_policy("[listener inbound]\n");
  EXPECT_EQ(changes({"set", "daemon.max_sessions", "100"}),
            "> \n> [daemon]\n> max_sessions = 100\n");
}

TEST_F(Set, KeepsOwnerModeAndALinkToTheFile) {
  const std::filesystem::path path = policy_path();
  const std::string real = scratch_ / "real.conf";
  std::filesystem::rename(path, real);
  std::filesystem::create_symlink("real.conf", path);
  ASSERT_EQ(chmod(real.c_str(), 0640), 0);
  EXPECT_EQ(changes({"set", "partners.clients", "::1"}),
            "< clients=203.0.113.0/28\n> clients=::1\n");
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  struct stat state {};
  ASSERT_EQ(stat(real.c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 07777, 0640U);
}

TEST_F(Set, AMissingPolicyIs66) {
  const CommandResult result = run({"-c", scratch_ / "none.conf", "set", "daemon.user", "x"});
  EXPECT_EQ(result.status.code, 66);
  EXPECT_THAT(result.error, HasSubstr("none.conf"));
  EXPECT_EQ(run({"-c", scratch_ / "none.conf", "get", "daemon.user"}).status.code, 66);
}

// Whoever may read the file and not change its folder.
TEST_F(Set, AFileThatCannotBeEditedIs74) {
  ASSERT_EQ(geteuid(), 0U) << "needs root to become another user";
  for (const std::string edit :
       {"set inbound.max_connections 5", "unset daemon.max_sessions",
        "add-section class x action=deny clients=192.0.2.9", "remove-section class partners"}) {
    const CommandResult result = shell(
        "chmod -R a+rX \"$(dirname \"$C\")\"; exec setpriv --reuid 65534 --regid 65534 "
        "--clear-groups \"$P\" -c \"$C\" " +
        edit);
    EXPECT_EQ(result.status.code, 74) << edit << result.error;
    EXPECT_THAT(result.error, HasSubstr("do it as root, or as the owner of "));
    EXPECT_EQ(policy(), kPolicy);
  }
}

TEST_F(Set, EditsAtTheSameTimeLoseNothing) {
  const CommandResult result = shell(
      "for i in $(seq 1 20); do \"$P\" -c \"$C\" set partners.clients --add 10.0.$i.0/24 "
      ">/dev/null & done; wait");
  EXPECT_EQ(result.error, "");
  const std::string clients = get("partners.clients");
  for (int i = 1; i <= 20; ++i) EXPECT_THAT(clients, HasSubstr(fmt::format("10.0.{}.0/24\n", i)));
}

TEST(SetAndReload, PutsTheSettingIntoForce) {
  PortcullisDaemon daemon;
  daemon.write_policy("[listener inbound]\n[class blocked]\naction = deny\nclients = 192.0.2.1\n");
  daemon.start();
  CommandResult result = daemon.cli({"set", "blocked.clients", "--add", "192.0.2.2", "--reload"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(result.output,
            "[class blocked] clients is 192.0.2.1, 192.0.2.2, was 192.0.2.1\n"
            "policy generation 2 is in force\n");
  EXPECT_EQ(daemon.status()["entries"], 2);
  result = daemon.cli({"set", "blocked.clients", "--add", "192.0.2.3", "--reload", "--json"});
  EXPECT_EQ(nlohmann::json::parse(result.output)["reload"]["generation"], 3);
  daemon.stop();
  result = daemon.cli({"set", "blocked.clients", "--add", "192.0.2.4", "--reload"});
  EXPECT_EQ(result.status.code, 69);
  EXPECT_THAT(read_file(daemon.policy_path()), HasSubstr("192.0.2.4"));
}

}  // namespace
}  // namespace portcullis::testing
