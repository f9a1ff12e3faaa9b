// What happens to a running daemon from outside: its sockets are deleted, and what the system has
// of descriptors and threads comes to an end.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

class Shortages : public ::testing::Test {
 protected:
  void start(const std::string& daemon_keys = {}) {
    daemon.write_policy("[listener inbound]\n", daemon_keys);
    daemon.start();
  }

  bool serves() const {
    return daemon.client().connect(AnnouncedClient::ipv4("192.0.2.1")).is_continue();
  }

  // Of the running daemon, whose user may do that: "nofile", as prlimit(1) calls it.
  void set_limit(const std::string& resource, std::size_t value) const {
    const auto result = run_command(
        {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "prlimit", "--pid",
         std::to_string(daemon.pid()), "--" + resource + '=' + std::to_string(value) + ':'});
    ASSERT_TRUE(result.status.success()) << result.error;
  }

  // Processor time so far, in ticks of a hundredth of a second.
  long ticks() const {
    const std::string line = read_file("/proc/" + std::to_string(daemon.pid()) + "/stat");
    std::istringstream words(line.substr(line.rfind(')') + 1));
    std::string skipped;
    for (int i = 0; i < 11; ++i) words >> skipped;
    long user = 0;
    long system = 0;
    words >> user >> system;
    return user + system;
  }

  PortcullisDaemon daemon;
};

TEST_F(Shortages, ASocketThatWasDeletedIsMadeAgain) {
  start("socket_mode = 0640\n");
  MilterClient before = daemon.client();
  ASSERT_TRUE(before.connect(AnnouncedClient::ipv4("192.0.2.1")).is_continue());
  fs::remove(daemon.milter_socket());
  fs::remove(daemon.control_socket());
  EXPECT_TRUE(
      daemon.wait_for_log(daemon.milter_socket() + " was deleted or replaced; it has been"));
  EXPECT_TRUE(
      daemon.wait_for_log(daemon.control_socket() + " was deleted or replaced; it has been"));
  struct stat status {};
  ASSERT_EQ(::stat(daemon.milter_socket().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
  EXPECT_TRUE(serves());
  EXPECT_TRUE(daemon.status_becomes("sessions", 1));
  EXPECT_TRUE(before.helo("a.test").is_continue());
  before.quit();
  EXPECT_EQ(daemon.stop().code, 0);
  EXPECT_FALSE(fs::exists(daemon.milter_socket()));
}

TEST_F(Shortages, AMilterSocketThatCannotBeMadeAgainEndsTheDaemonWhenItsSessionsHaveEnded) {
  start("drain_timeout = 1h\n");
  MilterClient open = daemon.client();
  ASSERT_TRUE(open.connect(AnnouncedClient::ipv4("192.0.2.1")).is_continue());
  fs::remove(daemon.milter_socket());
  daemon.write_list("run/milter.sock", "another's");
  EXPECT_TRUE(daemon.wait_for_log("it is not a socket; ending"));
  EXPECT_TRUE(open.helo("a.test").is_continue());
  open.quit();
  EXPECT_EQ(daemon.exit_code(), 69);
  EXPECT_EQ(read_file(daemon.milter_socket()), "another's");
}

TEST_F(Shortages, WithoutDescriptorsConnectionsWaitAndTheProcessorIsIdle) {
  start();
  set_limit("nofile", 3);
  MilterClient waiting(daemon.milter_socket());
  const long busy = ticks();
  std::this_thread::sleep_for(milliseconds(1000));
  EXPECT_LE(ticks() - busy, 20);  // without a rest it is a hundred
  EXPECT_TRUE(daemon.wait_for_log("no descriptor is left"));
  set_limit("nofile", 1024);
  EXPECT_TRUE(waiting.negotiate().has_value());
  EXPECT_TRUE(serves());
  EXPECT_EQ(daemon.log_count("no descriptor is left"), 1U);
}

// Forty clients at once.
class Burst {
 public:
  explicit Burst(const PortcullisDaemon& daemon) {
    for (int i = 1; i <= kClients; ++i) {
      threads_.emplace_back([this, &daemon, i] {
        MilterClient client(daemon.milter_socket());
        const auto announced = AnnouncedClient::ipv4("192.0.2." + std::to_string(i));
        if (client.negotiate() && client.connect(announced).is_continue()) ++answered_;
      });
    }
  }
  ~Burst() { wait(); }
  Burst(const Burst&) = delete;
  Burst& operator=(const Burst&) = delete;

  // How many were answered.
  int wait() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return answered_;
  }

  static constexpr int kClients = 40;

 private:
  std::atomic<int> answered_ = 0;
  std::vector<std::thread> threads_;
};

TEST_F(Shortages, AThreadThatCannotBeStartedForAMomentIsStartedThen) {
  start();
  set_limit("nproc", 1);
  Burst burst(daemon);
  std::this_thread::sleep_for(milliseconds(100));
  set_limit("nproc", 1000);
  EXPECT_EQ(burst.wait(), Burst::kClients) << daemon.log();
  EXPECT_TRUE(daemon.wait_until_idle());
}

TEST_F(Shortages, WithoutThreadsTheDaemonEndsInsteadOfLeavingSessionsWithoutAnAnswer) {
  start();
  set_limit("nproc", 1);
  // A burst may do with the threads that are there.
  EXPECT_TRUE(eventually([this] {
    Burst(daemon).wait();
    return !daemon.running();
  }));
  EXPECT_EQ(daemon.exit_code(), 71);
  EXPECT_THAT(daemon.log(), HasSubstr("no thread can be started for a session: raise TasksMax"));
}

}  // namespace
}  // namespace portcullis::testing
