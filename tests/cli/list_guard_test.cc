// What an edit would bring about beside what it is meant for is said before it is written.

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"
#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class ListGuard : public Cli {
 protected:
  ListGuard() {
    write_policy(
        "[daemon]\ncontrol_socket = " + socket_path() +
        "\n[listener inbound]\n[listener submission]\nport = 587\nrole = submission\n"
        "[class blocked]\naction = deny\nclients = file:blocked.list\n"
        "[class partners]\naction = permit\nclients = file:partners.list\n"
        "[class trusted]\naction = exempt\nclients = file:trusted.list\n"
        "[class users]\naction = permit\nlisteners = submission\nclients = 198.51.100.128/25\n"
        "[class guests]\naction = deny\nlisteners = inbound\nclients = file:guests.list\n");
    for (const std::string name : {"blocked", "partners", "trusted", "guests"}) {
      write_list(name + ".list", "# head\n");
    }
  }

  std::string socket_path() const { return (scratch_ / "control.sock").string(); }
  std::string list(const std::string& name) const { return read_file(scratch_ / (name + ".list")); }

  // `portcullis list ARGUMENTS...` is refused with `reason`, and nothing is changed; with --force
  // it is done.
  void expect_needs_force(std::vector<std::string> arguments, const std::string& reason) const {
    arguments.insert(arguments.begin(), "list");
    const std::string before = list(arguments[2]);
    const CommandResult refused = run_here(arguments);
    EXPECT_EQ(refused.status.code, 65) << refused.output;
    EXPECT_THAT(refused.error, HasSubstr("error: " + reason));
    EXPECT_THAT(refused.error, HasSubstr("nothing was changed; say --force"));
    EXPECT_EQ(list(arguments[2]), before);
    arguments.emplace_back("--force");
    const CommandResult forced = run_here(arguments);
    EXPECT_EQ(forced.status.code, 0) << forced.error;
    EXPECT_THAT(forced.error, HasSubstr("warning: " + reason));
    EXPECT_NE(list(arguments[2]), before);
  }

  // It is done, and `note` is said.
  void expect_note(std::vector<std::string> arguments, const std::string& note) const {
    arguments.insert(arguments.begin(), "list");
    const CommandResult result = run_here(std::move(arguments));
    EXPECT_EQ(result.status.code, 0) << result.error;
    EXPECT_THAT(result.error, HasSubstr("note: " + note));
  }
  void expect_silence(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "list");
    const CommandResult result = run_here(std::move(arguments));
    EXPECT_EQ(result.status.code, 0);
    EXPECT_THAT(result.error, IsEmpty());
  }
};

TEST_F(ListGuard, TheSameClientsWithAnotherAction) {
  write_list("partners.list", "203.0.113.1/32\n");
  expect_needs_force({"add", "blocked", "::ffff:203.0.113.1"}, "203.0.113.1 contradicts");
}

TEST_F(ListGuard, WhoWinsAContradictionIsSaid) {
  write_list("blocked.list", "203.0.113.1\n.spam.example\n");
  expect_needs_force({"add", "partners", ".Spam.Example"}, ".spam.example contradicts");
  const CommandResult result = run_here({"list", "add", "trusted", "203.0.113.1"});
  EXPECT_THAT(result.error, HasSubstr("of class blocked (deny): exempt wins\n"));
}

TEST_F(ListGuard, WhatAnExemptEntryCoversHasNoEffect) {
  write_list("trusted.list", "203.0.113.0/24\n");
  expect_needs_force({"add", "blocked", "203.0.113.1"}, "203.0.113.1 has no effect");
}

TEST_F(ListGuard, AnExemptEntryLeavesWhatItCoversWithoutEffect) {
  write_list("blocked.list", "203.0.113.1\n203.0.113.2\n");
  expect_needs_force({"add", "trusted", "203.0.113.0/24"}, "203.0.113.0/24 leaves 203.0.113.1");
}

TEST_F(ListGuard, WhatAWiderEntryOfTheClassCovers) {
  write_list("blocked.list", "203.0.113.0/24\n");
  expect_needs_force({"add", "blocked", "203.0.113.1"}, "203.0.113.1 is covered already by");
}

TEST_F(ListGuard, AWiderEntryThatExpiresFirstCoversNothing) {
  write_list("blocked.list", "203.0.113.0/24 expires=2099-01-01T00:00:00Z\n");
  expect_silence({"add", "blocked", "203.0.113.1"});
  expect_needs_force({"add", "blocked", "203.0.113.2", "--for", "1d"}, "203.0.113.2 is covered");
}

TEST_F(ListGuard, AnExpiredEntryContradictsNothing) {
  write_list("partners.list", "203.0.113.1 expires=2020-01-01T00:00:00Z\n");
  expect_silence({"add", "blocked", "203.0.113.1"});
}

TEST_F(ListGuard, ADenyAroundPermitsIsNoContradiction) {
  write_list("partners.list", "203.0.113.1\n203.0.113.2\n");
  expect_note({"add", "blocked", "203.0.113.0/24"}, "203.0.113.0/24 does not reach 203.0.113.1");
  expect_note({"add", "partners", "203.0.113.3"}, "203.0.113.3 is an exception to 203.0.113.0/24");
}

TEST_F(ListGuard, NarrowerEntriesOfTheClassMayGo) {
  write_list("blocked.list", "203.0.113.1\n203.0.113.2\n203.0.113.3\n");
  expect_note({"add", "blocked", "203.0.113.0/24"}, "203.0.113.0/24 covers 203.0.113.1");
}

TEST_F(ListGuard, ClassesThatShareNoListenerDoNotContradict) {
  expect_silence({"add", "guests", "198.51.100.128/25"});
}

TEST_F(ListGuard, AnEditedEntryIsNotHeldAgainstItself) {
  write_list("blocked.list", "203.0.113.0/24\n");
  expect_silence({"edit", "blocked", "203.0.113.0/24", "203.0.113.0/25"});
}

TEST_F(ListGuard, ADenyOfThisHost) {
  expect_needs_force({"add", "blocked", "127.0.0.0/8"}, "127.0.0.1 (loopback) would be denied");
  expect_silence({"add", "blocked", "203.0.113.1"});  // what is denied already is not said again
}

TEST_F(ListGuard, ADenyAroundAPermitOfThisHostLocksNobodyOut) {
  write_list("partners.list", "127.0.0.1\n");
  expect_note({"add", "blocked", "127.0.0.0/30"}, "127.0.0.0/30 does not reach 127.0.0.1");
}

TEST_F(ListGuard, RemovingThePermitOfThisHostUnderDefaultDeny) {
  write_policy(
      "[listener inbound]\ndefault = deny\n"
      "[class partners]\naction = permit\nclients = file:partners.list\n");
  write_list("partners.list", "127.0.0.1\n203.0.113.1\n203.0.113.2\n");
  expect_silence({"remove", "partners", "203.0.113.1"});
  expect_needs_force({"remove", "partners", "127.0.0.1"},
                     "127.0.0.1 (loopback) would be denied on listener inbound: no entry lets it");
  expect_silence({"add", "partners", "203.0.113.4"});
}

// A control socket that gives one answer, whatever it is asked.
class OneAnswer {
 public:
  OneAnswer(const std::string& path, std::string answer) : answer_(std::move(answer)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ::unlink(path.c_str());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    thread_ = std::thread([this] { serve(); });
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;
  ~OneAnswer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  const std::string& asked() const { return asked_; }

 private:
  void serve() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    char text[64];
    const ssize_t size = ::read(client, text, sizeof text);
    if (size > 0) asked_.assign(text, static_cast<std::size_t>(size));
    EXPECT_EQ(::write(client, answer_.data(), answer_.size()),
              static_cast<ssize_t>(answer_.size()));
    ::close(client);
  }

  std::string answer_;
  std::string asked_;
  int listener_ = -1;
  std::thread thread_;
};

TEST_F(ListGuard, ADenyOfClientsThatAreConnectedNow) {
  const OneAnswer daemon(socket_path(),
                         R"({"ok":true,"peers":["203.0.113.9","bad",7],"truncated":false})");
  const CommandResult result = run_here({"list", "add", "blocked", "203.0.113.0/24"});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_EQ(daemon.asked(), "peers\n");
  EXPECT_THAT(result.error,
              HasSubstr("203.0.113.9 (a client whose session is open now) would be denied"));
}

TEST_F(ListGuard, ADaemonThatDoesNotKnowTheQuestionIsNoHindrance) {
  for (const std::string answer : {R"({"ok":false,"error":"unknown request"})", "{}", "nonsense"}) {
    const OneAnswer daemon(socket_path(), answer);
    const CommandResult result =
        run_here({"list", "add", "blocked", "203.0.113.0/24", "--dry-run"});
    EXPECT_EQ(result.status.code, 0);
    EXPECT_THAT(result.error, IsEmpty());
  }
}

TEST(ListReload, TheDaemonTakesAnEditAtOnceIfAsked) {
  PortcullisDaemon daemon;
  daemon.write_policy(
      "[listener inbound]\n[class blocked]\naction = deny\nclients = file:b.list\n");
  daemon.write_list("b.list", "203.0.113.1\n203.0.113.2\n203.0.113.3\n");
  daemon.start();
  CommandResult result = daemon.cli({"list", "add", "blocked", "203.0.113.4", "--reload"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("policy generation 2 is in force\n"));
  EXPECT_EQ(daemon.status()["entries"], 4);
  // That most entries are gone is what the daemon looks out for.
  result = daemon.cli({"list", "clear", "blocked", "--yes", "--reload"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.error, HasSubstr("had 4 entries and has none now"));
  EXPECT_THAT(result.error, HasSubstr("the daemon has not taken it"));
  result = daemon.cli({"list", "undo", "blocked", "--reload", "--json"});
  const auto json = nlohmann::json::parse(result.output);
  EXPECT_EQ(json["reload"]["ok"], true);
  EXPECT_EQ(daemon.status()["entries"], 4);
}

TEST_F(ListGuard, AnEditStandsWhenNoDaemonReadsIt) {
  const CommandResult result = run_here({"list", "add", "blocked", "203.0.113.1", "--reload"});
  EXPECT_EQ(result.status.code, 69);
  EXPECT_THAT(result.error, HasSubstr("no daemon listens here"));
  EXPECT_EQ(list("blocked"), "# head\n203.0.113.1\n");
}

}  // namespace
}  // namespace portcullis::testing
