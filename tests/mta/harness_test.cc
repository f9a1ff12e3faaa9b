// The test harness itself: the two MTAs without portcullisd, and the programs that tests start.

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/eventually.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/milter_address.h"
#include "tests/mta/support/mta_instance.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/mta/support/smtp_client.h"

namespace portcullis::testing {
namespace {

using std::chrono::milliseconds;

MtaOptions dual_stack(const std::string& milter = "") {
  MtaOptions options;
  options.listeners = {ListenerSpec{.name = "four"}, ListenerSpec{.name = "six", .address = "::1"}};
  options.milter = milter;
  return options;
}

void expect_polite_session(SmtpClient client) {
  EXPECT_EQ(client.read_banner().code, 220) << client.transcript_text();
  EXPECT_EQ(client.command("EHLO client.test").code, 250) << client.transcript_text();
  EXPECT_EQ(client.quit().code, 221) << client.transcript_text();
}

class Mta : public ::testing::TestWithParam<MtaKind> {
 protected:
  std::unique_ptr<MtaInstance> started(MtaOptions options = {}) {
    auto mta = make_mta(GetParam(), std::move(options));
    mta->start();
    return mta;
  }
};

INSTANTIATE_TEST_SUITE_P(Both, Mta, ::testing::Values(MtaKind::postfix, MtaKind::sendmail),
                         [](const auto& each) { return to_string(each.param); });

TEST_P(Mta, ServesBothFamiliesWithoutMilter) {
  const auto mta = started(dual_stack());
  expect_polite_session(SmtpClient(mta->endpoint("four"), "127.0.0.5"));
  expect_polite_session(SmtpClient(mta->endpoint("six"), "::1"));
}

TEST_P(Mta, TakesMailForRootOnly) {
  const auto mta = started();
  SmtpClient client = mta->connect("127.0.0.5");
  client.read_banner();
  client.command("EHLO client.test");
  EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").code, 250);
  EXPECT_EQ(client.command("RCPT TO:<no-such-user@mx.test>").code, 550) << client.transcript_text();
  EXPECT_EQ(client.command("RCPT TO:<b@elsewhere.test>").code / 100, 5 - (mta->name() == "Postfix"))
      << client.transcript_text();
  EXPECT_EQ(client.command("RCPT TO:<root@mx.test>").code, 250);
  EXPECT_EQ(client.command("DATA").code, 354);
  EXPECT_EQ(client.command("Subject: test\r\n\r\ntext\r\n.").code, 250) << client.transcript_text();
}

TEST_P(Mta, KnowsTheNamesOfItsClients) {
  MtaOptions options;
  options.hosts = {{"127.0.0.9", "mx.partner.test"}};
  const auto mta = started(std::move(options));
  SmtpClient client = mta->connect("127.0.0.9");
  client.read_banner();
  client.command("EHLO client.test");
  client.quit();
  EXPECT_TRUE(eventually([&] { return mta->log().find("mx.partner.test") != std::string::npos; }))
      << mta->log();
}

TEST_P(Mta, AnswersTempfailWhenTheMilterIsDown) {
  const ScratchDirectory scratch("dead");
  const auto mta = started(dual_stack("unix:" + (scratch / "nobody-listens.sock").string()));
  for (const char* name : {"four", "six"}) {
    SmtpClient client(mta->endpoint(name));
    EXPECT_EQ(client.read_banner().code, 220);
    EXPECT_EQ(client.command("EHLO client.test").code, 250);
    EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").code, 451) << client.transcript_text();
  }
}

TEST_P(Mta, IsReadyEvenIfItTurnsEveryoneAway) {
  const ScratchDirectory scratch("dead");
  const std::string milter = "unix:" + (scratch / "nobody-listens.sock").string();
  MtaOptions options;
  if (GetParam() == MtaKind::postfix) {
    options.milter = milter;
    options.settings = {"milter_default_action = reject"};
  } else {
    options.settings = {"INPUT_MAIL_FILTER(`gone', `S=" + milter + ", F=4')dnl"};
  }
  const auto mta = started(std::move(options));
  SmtpClient client = mta->connect();
  EXPECT_EQ(client.read_banner().code, GetParam() == MtaKind::postfix ? 554 : 421);
}

TEST_P(Mta, ReachesAMilterSocketThatBelongsToNobody) {
  const ScratchDirectory scratch("milter");
  const auto socket_path = scratch.make_directory("run", "nobody") / "milter.sock";
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::filesystem::permissions(socket_path, static_cast<std::filesystem::perms>(0666));

  MtaOptions options;
  options.milter = "unix:" + socket_path.string();
  options.milter_timeout = std::chrono::seconds{2};
  const auto mta = started(std::move(options));  // nobody listens there yet
  ASSERT_EQ(listen(listener, 5), 0);
  SmtpClient client = mta->connect();
  pollfd waiting{.fd = listener, .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&waiting, 1, 5000), 1) << mta->log();
  close(listener);
}

TEST_P(Mta, KillingTheSessionProcessClosesOnlyItsClient) {
  const auto mta = started(dual_stack());
  SmtpClient victim(mta->endpoint("four"), "127.0.0.5");
  SmtpClient other(mta->endpoint("six"));
  EXPECT_EQ(victim.read_banner().code, 220);
  EXPECT_EQ(other.read_banner().code, 220);
  EXPECT_NE(mta->session_process(victim), mta->session_process(other));

  mta->kill_session_process(victim);
  EXPECT_TRUE(victim.closed_by_peer());
  EXPECT_EQ(other.command("NOOP").code, 250) << other.transcript_text();
  expect_polite_session(SmtpClient(mta->endpoint("four"), "127.0.0.5"));
}

TEST_P(Mta, KeepsTwoHundredSessionsAtOnce) {
  const auto mta = started();
  std::vector<SmtpClient> clients;
  clients.reserve(200);
  for (int number = 0; number < 200; ++number) {
    clients.push_back(mta->connect("127.0.1." + std::to_string(number + 1)));
  }
  for (SmtpClient& client : clients) EXPECT_EQ(client.read_banner().code, 220);
  EXPECT_GE(mta->session_processes().size(), clients.size());
  for (SmtpClient& client : clients) client.abort();
  EXPECT_TRUE(eventually([&] { return mta->connect().read_banner().code == 220; }));
}

TEST_P(Mta, StartsAgainAfterStop) {
  const auto mta = started();
  mta->stop();
  EXPECT_FALSE(mta->running());
  EXPECT_THROW(mta->connect(), std::system_error);
  mta->start();
  expect_polite_session(mta->connect());
}

TEST_P(Mta, ReportsAConfigurationThatDoesNotStart) {
  MtaOptions options;
  options.settings = {GetParam() == MtaKind::postfix ? "inet_interfaces = 300.1.1.1"
                                                     : "FEATURE(`no_such_feature')dnl"};
  const auto mta = make_mta(GetParam(), std::move(options));
  EXPECT_THROW(mta->start(), std::runtime_error);
}

TEST(Postfix, TakesAClientAddressByXclient) {
  MtaOptions options;
  options.xclient = true;
  const auto mta = make_mta(MtaKind::postfix, std::move(options));
  mta->start();
  SmtpClient client = mta->connect();
  client.read_banner();
  client.command("EHLO client.test");
  EXPECT_EQ(client.xclient("ADDR=192.0.2.7 NAME=mx.example.com").code, 220);
  EXPECT_EQ(client.command("EHLO client.test").code, 250);
  EXPECT_EQ(client.command("MAIL FROM:<a@client.test>").code, 250);
  client.command("RCPT TO:<b@elsewhere.test>");
  EXPECT_TRUE(eventually([&] {
    return mta->log().find("from mx.example.com[192.0.2.7]") != std::string::npos;
  })) << mta->log();
}

TEST(Postfix, TakesAClientAddressByProxyHeader) {
  MtaOptions options;
  options.listeners = {ListenerSpec{.haproxy = true}};
  const auto mta = make_mta(MtaKind::postfix, std::move(options));
  mta->start();
  const std::vector<std::array<std::string, 2>> pairs = {{"198.51.100.7", "192.0.2.25"},
                                                         {"2001:db8::7", "2001:db8::25"}};
  for (const auto& [source, destination] : pairs) {
    SmtpClient client = mta->connect();
    client.send_proxy_header({.address = source, .port = 5555},
                             {.address = destination, .port = 25});
    EXPECT_EQ(client.read_banner().code, 220) << client.transcript_text();
    EXPECT_EQ(client.quit().code, 221);
    EXPECT_TRUE(eventually([&, address = source] {
      return mta->log().find("unknown[" + address + "]") != std::string::npos;
    })) << mta->log();
  }
}

TEST(SmtpClientTest, NotesBothDirections) {
  const auto mta = make_mta(MtaKind::sendmail);
  mta->start();
  SmtpClient client = mta->connect();
  client.read_banner();
  const SmtpReplyLines reply = client.command("EHLO client.test");
  EXPECT_EQ(reply.text.substr(0, 4), "250-");
  EXPECT_NE(reply.text.find("\n250 "), std::string::npos);
  EXPECT_FALSE(client.closed_by_peer(milliseconds{0}));
  client.send_line("QUIT");
  EXPECT_TRUE(client.closed_by_peer());
  EXPECT_EQ(client.read_reply().code, 221) << "what came before the close can still be read";
  EXPECT_FALSE(client.try_read_reply().has_value());
  EXPECT_THROW(client.read_reply(), std::runtime_error);
  EXPECT_EQ(client.transcript().at(1), "C: EHLO client.test");
}

TEST(MilterAddress, IsWrittenAsPostfixWritesIt) {
  EXPECT_EQ(postfix_milter_address("unix:/a/b"), "unix:/a/b");
  EXPECT_EQ(postfix_milter_address("inet:99@127.0.0.1"), "inet:127.0.0.1:99");
  EXPECT_EQ(postfix_milter_address("inet6:99@::1"), "inet:[::1]:99");
  EXPECT_EQ(postfix_milter_address("inet6:99@[::1]"), "inet:[::1]:99");
}

TEST(FreePort, IsNeverTheSameInTwoProgramsThatRun) {
  constexpr std::size_t kEach = 300;  // by chance alone, some seven of them would be in both
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t other = ::fork();
  if (other == 0) {
    for (std::size_t i = 0; i < kEach; ++i) {
      const std::uint16_t port = free_port();
      if (::write(pipe[1], &port, sizeof port) != sizeof port) break;
    }
    ::close(pipe[1]);
    ::pause();  // the ports are its own as long as it runs
  }
  ::close(pipe[1]);
  std::set<std::uint16_t> ports;
  std::uint16_t port = 0;
  while (::read(pipe[0], &port, sizeof port) == sizeof port) ports.insert(port);
  ::close(pipe[0]);
  for (std::size_t i = 0; i < kEach; ++i) ports.insert(free_port());
  EXPECT_EQ(ports.size(), 2 * kEach);
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
}

TEST(Eventually, EndsAsSoonAsTheConditionHolds) {
  int calls = 0;
  EXPECT_TRUE(eventually([&] { return ++calls == 3; }));
  EXPECT_FALSE(eventually([] { return false; }, milliseconds{10}));
}

TEST(ChildProcess, TellsHowItEnded) {
  EXPECT_EQ(ChildProcess({"sh", "-c", "exit 78"}).wait().value().describe(), "exit 78");
  ChildProcess sleeper({"sleep", "600"});
  EXPECT_TRUE(sleeper.running());
  EXPECT_EQ(sleeper.terminate().describe(), "signal 15");
  EXPECT_FALSE(sleeper.running());
  EXPECT_THROW(ChildProcess({"/no/such/program"}), std::runtime_error);
}

TEST(ChildProcess, TakesItsGroupWithIt) {
  const ScratchDirectory scratch("group");
  pid_t grandchild = 0;
  {
    ChildProcess shell({"sh", "-c", "sleep 600 & echo $!; wait"}, {.output = scratch / "pid"});
    ASSERT_TRUE(eventually([&] { return read_file(scratch / "pid").ends_with('\n'); }));
    grandchild = std::stoi(read_file(scratch / "pid"));
    EXPECT_EQ(kill(grandchild, 0), 0);
  }
  EXPECT_TRUE(eventually(
      [&] { return read_file("/proc/" + std::to_string(grandchild) + "/cmdline").empty(); }));
}

// Run by the next test, in a process of its own that ends without any destructor.
TEST(OrphanWatch, DISABLED_LeavesAChildBehind) {
  const ChildProcess sleeper({"sleep", "600"});
  const std::string line = "pid " + std::to_string(sleeper.pid()) + "\n";
  EXPECT_GT(write(STDOUT_FILENO, line.data(), line.size()), 0);
  raise(SIGKILL);
}

TEST(OrphanWatch, EndsWhatACrashLeftBehind) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  const CommandResult crash =
      run_command({self, "--gtest_filter=OrphanWatch.DISABLED_LeavesAChildBehind",
                   "--gtest_also_run_disabled_tests"});
  EXPECT_EQ(crash.status.signal, SIGKILL);
  const std::size_t place = crash.output.find("\npid ");
  ASSERT_NE(place, std::string::npos) << crash.output;
  const std::string sleeper =
      crash.output.substr(place + 5, crash.output.find('\n', place + 5) - place - 5);
  EXPECT_TRUE(eventually([&] { return read_file("/proc/" + sleeper + "/cmdline").empty(); }));
}

TEST(RunCommand, CollectsWhatItSaid) {
  const CommandResult result = run_command({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(result.status.code, 3);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.error, "err\n");
  EXPECT_THROW(run_command({"sleep", "600"}, {}, milliseconds{50}), std::runtime_error);
}

}  // namespace
}  // namespace portcullis::testing
