// How the daemon starts, refuses to start, and stops.

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <grp.h>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPolicy = "[listener inbound]\n";
constexpr milliseconds kOneSecond{1000};

class Lifecycle : public ::testing::Test {
 protected:
  void start(const std::string& daemon_keys = {}) {
    daemon.write_policy(kPolicy, daemon_keys);
    daemon.start();
  }

  // Starts a daemon that must not come up, and returns its exit code.
  int refused(const std::vector<std::string>& arguments = {}) {
    return daemon.run_until_exit(arguments).code;
  }

  PortcullisDaemon daemon;
};

// A Unix socket that this process listens on, or no longer does.
class BoundSocket {
 public:
  BoundSocket(const std::string& path, bool listens, int type = SOCK_STREAM)
      : socket_(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (listens) ::listen(socket_, 4);
  }
  BoundSocket(const BoundSocket&) = delete;
  BoundSocket& operator=(const BoundSocket&) = delete;
  ~BoundSocket() { ::close(socket_); }

  // The next datagram, if one comes.
  std::string receive() const {
    timeval patience{};
    patience.tv_sec = 10;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::array<char, 256> text{};
    const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  int socket_;
};

// A variable of the environment for as long as the object lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* const name_;
};

std::string process_file(pid_t process, const std::string& name) {
  return read_file("/proc/" + std::to_string(process) + '/' + name);
}

TEST_F(Lifecycle, DoesWithoutRestartableSequences) {
  start();
  EXPECT_THAT(process_file(daemon.pid(), "environ"),
              HasSubstr("GLIBC_TUNABLES=glibc.pthread.rseq=0"));
  EXPECT_EQ(process_file(daemon.pid(), "comm"), "portcullisd\n");
}

TEST_F(Lifecycle, LeavesTheOperatorsTunablesAsTheyAre) {
  {
    const Variable other("GLIBC_TUNABLES", "glibc.malloc.arena_max=4");
    start();
    // glibc cuts its copy into pieces.
    EXPECT_THAT(process_file(daemon.pid(), "environ"),
                AllOf(HasSubstr("arena_max=4"), HasSubstr("glibc.pthread.rseq=0")));
    daemon.stop();
  }
  const Variable same("GLIBC_TUNABLES", "glibc.pthread.rseq=1");
  daemon.start();
  EXPECT_THAT(process_file(daemon.pid(), "environ"), Not(HasSubstr("rseq=0")));
}

TEST_F(Lifecycle, AnIdleDaemonEndsWithinASecond) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    start();
    daemon.signal(number);
    EXPECT_EQ(daemon.exit_code(kOneSecond), 0);
    EXPECT_FALSE(std::filesystem::exists(daemon.milter_socket()));
    EXPECT_FALSE(std::filesystem::exists(daemon.control_socket()));
  }
}

TEST_F(Lifecycle, TheSupervisorIsToldOfReadinessAndOfTheEnd) {
  const std::string path = daemon.scratch() / "notify.sock";
  const BoundSocket supervisor(path, /*listens=*/false, SOCK_DGRAM);
  ASSERT_EQ(::chmod(path.c_str(), 0777), 0);
  daemon.write_policy(kPolicy);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  daemon.spawn();
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_EQ(supervisor.receive(), "READY=1");
  EXPECT_TRUE(daemon.client().connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  daemon.signal(SIGTERM);
  EXPECT_EQ(supervisor.receive(), "STOPPING=1");
  EXPECT_EQ(daemon.exit_code(kOneSecond), 0);
}

TEST_F(Lifecycle, ASignalAtTheFirstMomentStopsAsWell) {
  for (int i = 0; i < 20; ++i) {
    start();
    daemon.signal(SIGTERM);
    ASSERT_EQ(daemon.exit_code(kOneSecond), 0);
  }
}

TEST_F(Lifecycle, StoppingWaitsForOpenSessionsAndTakesNoNewOnes) {
  start("drain_timeout = 30s\n");
  MilterClient open = daemon.client();
  ASSERT_TRUE(open.connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  MilterClient negotiated_before = daemon.client();
  daemon.signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(daemon.milter_socket()); }));
  EXPECT_TRUE(eventually([&] { return daemon.status()["draining"] == true; }));
  EXPECT_THAT(negotiated_before.connect(AnnouncedClient::ipv4("10.0.0.2")).smtp_reply(),
              HasSubstr("451 4.3.2"));
  EXPECT_FALSE(MilterClient(daemon.milter_socket()).connected());
  negotiated_before.quit();
  EXPECT_FALSE(daemon.exit_code(milliseconds(100)));
  open.quit();
  EXPECT_EQ(daemon.exit_code(kOneSecond), 0);
}

TEST_F(Lifecycle, DrainingEndsWhenItsTimeIsOver) {
  start("drain_timeout = 1s\n");
  MilterClient open = daemon.client();
  ASSERT_TRUE(open.connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  daemon.signal(SIGTERM);
  EXPECT_FALSE(daemon.exit_code(milliseconds(500)));
  EXPECT_EQ(daemon.exit_code(milliseconds(3000)), 0);
  EXPECT_THAT(daemon.log(), HasSubstr("1 sessions were cut"));
}

TEST_F(Lifecycle, ASecondSignalEndsDrainingAtOnce) {
  start("drain_timeout = 1h\n");
  MilterClient open = daemon.client();
  ASSERT_TRUE(open.connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  daemon.signal(SIGTERM);
  EXPECT_TRUE(eventually([&] { return daemon.status()["draining"] == true; }));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.exit_code(kOneSecond), 0);
}

TEST_F(Lifecycle, StoppingUnderLoadIsClean) {
  start("drain_timeout = 1s\n");
  std::atomic<bool> stop{false};
  std::vector<std::thread> load;
  for (int t = 0; t < 4; ++t) {
    load.emplace_back([&] {
      while (!stop) {
        MilterClient session = daemon.client();
        session.connect(AnnouncedClient::ipv4("10.0.0.1"));
      }
    });
  }
  EXPECT_TRUE(eventually([&] { return daemon.log_count("verdict=continue") > 100; }));
  daemon.signal(SIGTERM);
  EXPECT_EQ(daemon.exit_code(milliseconds(3000)), 0);
  stop = true;
  for (std::thread& thread : load) thread.join();
}

TEST_F(Lifecycle, ASecondInstanceIsRefusedAndTheFirstUnharmed) {
  start();
  PortcullisDaemon second;
  second.write_policy(kPolicy);
  second.spawn({"-p", "unix:" + daemon.milter_socket()});
  EXPECT_EQ(second.exit_code(), 69);
  EXPECT_THAT(second.log(), HasSubstr("another portcullisd (process " +
                                      std::to_string(daemon.pid()) + ") is running"));
  EXPECT_TRUE(daemon.client().connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
}

TEST_F(Lifecycle, ALiveSocketIsNeverStolen) {
  const BoundSocket other(daemon.milter_socket(), /*listens=*/true);
  daemon.write_policy(kPolicy);
  EXPECT_EQ(refused(), 69);
  EXPECT_THAT(daemon.log(),
              HasSubstr("a process listens on it (process " + std::to_string(::getpid()) + ")"));
  EXPECT_TRUE(MilterClient(daemon.milter_socket()).connected());
}

TEST_F(Lifecycle, AStaleSocketIsReplaced) {
  { const BoundSocket dead(daemon.milter_socket(), /*listens=*/true); }
  { const BoundSocket dead(daemon.control_socket(), /*listens=*/false); }
  start();
  EXPECT_TRUE(daemon.client().connected());
}

TEST_F(Lifecycle, TheSocketOfAKilledDaemonIsReplaced) {
  start();
  EXPECT_EQ(daemon.kill().describe(), "signal 9");
  EXPECT_TRUE(std::filesystem::exists(daemon.milter_socket()));
  start();
}

TEST_F(Lifecycle, WhatIsNoSocketIsNeverReplaced) {
  daemon.write_policy(kPolicy);
  daemon.write_list("run/milter.sock", "precious");
  EXPECT_EQ(refused(), 69);
  EXPECT_THAT(daemon.log(), HasSubstr("it is not a socket"));
  EXPECT_EQ(read_file(daemon.milter_socket()), "precious");
  std::filesystem::remove(daemon.milter_socket());
  std::filesystem::create_symlink(daemon.scratch() / "target", daemon.milter_socket());
  EXPECT_EQ(refused(), 69);
  EXPECT_TRUE(std::filesystem::is_symlink(daemon.milter_socket()));
  EXPECT_FALSE(std::filesystem::exists(daemon.scratch() / "target"));
}

TEST_F(Lifecycle, ALinkAsLockFileIsNotFollowed) {
  daemon.write_policy(kPolicy);
  daemon.write_list("target", "precious");
  std::filesystem::create_symlink(daemon.scratch() / "target", daemon.milter_socket() + ".lock");
  EXPECT_EQ(refused(), 73);
  EXPECT_EQ(read_file(daemon.scratch() / "target"), "precious");
}

TEST_F(Lifecycle, SocketsHaveTheirModeAndGroup) {
  start(::geteuid() == 0 ? "socket_mode = 0620\nsocket_group = mail\n" : "socket_mode = 0620\n");
  struct stat status {};
  ASSERT_EQ(::stat(daemon.milter_socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0620U);
  if (::geteuid() == 0) {
    EXPECT_EQ(status.st_gid, ::getgrnam("mail")->gr_gid);
  }
  ASSERT_EQ(::stat(daemon.control_socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Lifecycle, RootIsGivenUpForGood) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root";
  start();
  const std::string status = read_file("/proc/" + std::to_string(daemon.pid()) + "/status");
  const std::string uid = std::to_string(::getpwnam("nobody")->pw_uid);
  EXPECT_THAT(status, HasSubstr("Uid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(status, HasSubstr("CapEff:\t0000000000000000"));
}

TEST_F(Lifecycle, RootItselfAndUnknownUsersAreRefused) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root";
  const std::string sockets = "[daemon]\nsocket = unix:" + daemon.milter_socket() +
                              "\ncontrol_socket = " + daemon.control_socket() + "\nlog = stderr\n";
  daemon.write_list("portcullis.conf", sockets + "user = root\n" + kPolicy);
  EXPECT_EQ(refused(), 78);
  daemon.write_list("portcullis.conf", sockets + "user = no-such-user\n" + kPolicy);
  EXPECT_EQ(refused(), 67);
  EXPECT_THAT(daemon.log(), HasSubstr("unknown user \"no-such-user\""));
  EXPECT_FALSE(std::filesystem::exists(daemon.milter_socket()));
}

TEST_F(Lifecycle, PoliciesThatTheUserMayNotReadAreRefusedAtStart) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root";
  daemon.write_policy(kPolicy);
  ASSERT_EQ(::chmod(daemon.policy_path().string().c_str(), 0600), 0);
  EXPECT_EQ(refused(), 78);
  EXPECT_THAT(daemon.log(), HasSubstr("reads its policy as user \"nobody\""));
  EXPECT_FALSE(std::filesystem::exists(daemon.milter_socket()));
}

// Started by another user than root it stays that user, whatever the policy says.
TEST_F(Lifecycle, WhoMayNotReadThePolicyIsNamedAsWhoItIs) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root";
  daemon.write_policy(
      "[listener inbound]\n[class blocked]\naction = deny\nclients = file:a.list\n");
  daemon.write_list("a.list", "192.0.2.1\n");
  ASSERT_EQ(::chmod((daemon.scratch() / "a.list").c_str(), 0600), 0);
  const std::string run = daemon.scratch() / "run";
  for (const auto& [user, shown] :
       {std::pair("1", "user \"daemon\" (1): let"), std::pair("4711", "user 4711: let")}) {
    std::filesystem::remove_all(run);
    std::filesystem::create_directory(run);
    ASSERT_EQ(::chmod(run.c_str(), 0777), 0);
    const CommandResult result =
        run_command({"setpriv", "--reuid", user, "--regid", user, "--clear-groups",
                     PORTCULLISD_PATH, "-c", daemon.policy_path()});
    EXPECT_EQ(result.status.code, 78);
    EXPECT_THAT(result.error, HasSubstr(shown));
  }
}

TEST_F(Lifecycle, EveryErrorOfPolicyAndListsIsToldAtStart) {
  daemon.write_policy(
      "[listener inbound]\nnonsense = 1\nport = 70000\n[class blocked]\n"
      "action = deny\nclients = file:a.list, file:missing.list\n");
  daemon.write_list("a.list", "192.0.2.1\n192.0.2.999\n1.2.3\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, std::vector<std::string>{"-n"}}) {
    EXPECT_EQ(refused(arguments), 78);
    for (const char* culprit : {"nonsense", "70000", "a.list:2:", "a.list:3:", "missing.list"}) {
      EXPECT_THAT(daemon.log(), HasSubstr(culprit));
    }
    std::filesystem::remove(daemon.log_path());
  }
  EXPECT_FALSE(std::filesystem::exists(daemon.milter_socket()));
}

TEST_F(Lifecycle, ErrorsInTheDaemonSectionComeWithAllOthers) {
  daemon.write_policy("[listener inbound]\nport = 70000\n", "max_sessions = 0\n");
  EXPECT_EQ(refused(), 78);
  EXPECT_THAT(daemon.log(), HasSubstr("max_sessions"));
  EXPECT_THAT(daemon.log(), HasSubstr("70000"));
}

// Even root may raise its limit only with a capability, which this daemon starts without.
TEST_F(Lifecycle, ALimitOfOpenFilesThatCannotBeRaisedIsRefusedWithItsFigure) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root";
  daemon.write_policy(kPolicy, "max_sessions = 10000\n");
  const CommandResult result =
      run_command({"prlimit", "--nofile=4096:4096", "setpriv", "--bounding-set=-sys_resource",
                   "--inh-caps=-sys_resource", PORTCULLISD_PATH, "-c", daemon.policy_path()});
  EXPECT_EQ(result.status.code, 71);
  EXPECT_THAT(result.error, HasSubstr("10256 open files"));
}

TEST_F(Lifecycle, TheSocketCanBeChosenOnTheCommandLine) {
  daemon.write_policy(kPolicy);
  const std::string other = daemon.scratch() / "run/other.sock";
  daemon.start({"-f", "-v", "-p", other});
  EXPECT_TRUE(negotiated(other).connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  EXPECT_FALSE(std::filesystem::exists(daemon.milter_socket()));
}

TEST_F(Lifecycle, BadSocketsOnTheCommandLineAreRefused) {
  daemon.write_policy(kPolicy);
  for (const std::string socket :
       {"relative", "unix:", "inet:0@localhost", "tcp:1@x", "unix:/nonexistent/dir/x.sock"}) {
    EXPECT_THAT(refused({"-p", socket}), AnyOf(73, 78)) << socket;
  }
  EXPECT_EQ(refused({"-p", "/" + std::string(200, 'x')}), 78);
  EXPECT_EQ(refused({"-p", "inet:8999@192.0.2.1"}), 69);
}

TEST_F(Lifecycle, TcpSocketsAreServed) {
  daemon.write_policy(kPolicy);
  daemon.start({"-p", "inet:18891@127.0.0.1"});
  PortcullisDaemon second;
  second.write_policy(kPolicy);
  second.spawn({"-p", "inet:18891@127.0.0.1"});
  EXPECT_EQ(second.exit_code(), 69);
}

TEST_F(Lifecycle, UnknownOptionsGetTheUsage) {
  daemon.write_policy(kPolicy);
  EXPECT_EQ(refused({"--no-such-option"}), 64);
  EXPECT_THAT(daemon.log(), HasSubstr("Usage: portcullisd"));
  EXPECT_EQ(refused({"stray"}), 64);
  EXPECT_EQ(refused({"-p"}), 64);
}

TEST_F(Lifecycle, CheckHelpAndVersionStartNothing) {
  daemon.write_policy(kPolicy);
  EXPECT_EQ(refused({"-n"}), 0);
  EXPECT_EQ(refused({"-h"}), 0);
  EXPECT_EQ(refused({"-V"}), 0);
  EXPECT_THAT(daemon.log(), HasSubstr("portcullisd 0."));
  EXPECT_THAT(daemon.log(), Not(HasSubstr("serves on")));
}

}  // namespace
}  // namespace portcullis::testing
