// The control socket: its answers, and who cannot disturb it.

#include <cstring>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/mta/support/daemon_process.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

class Control : public ::testing::Test {
 protected:
  void SetUp() override {
    daemon.write_policy(
        "[listener inbound]\nmax_connections_per_client = 5\nclient_prefix_ipv4 = 24\n"
        "[class blocked]\naction = deny\nclients = 192.0.2.0/24, 198.51.100.1\n"
        "[class partners]\naction = permit\nclients = 203.0.113.0/24\n"
        "max_connections_per_client = 9\n"
        "[class internal]\naction = exempt\nclients = 10.1.0.0/16\n");
    daemon.start();
  }

  PortcullisDaemon daemon;
};

TEST_F(Control, StatusHasEveryStableKey) {
  MilterClient session = daemon.client();
  ASSERT_TRUE(session.connect(AnnouncedClient::ipv4("203.0.113.1")).is_continue());
  const auto status = daemon.status();
  ASSERT_TRUE(status.is_object());
  for (const char* key :
       {"version", "pid", "policy", "generation", "age_seconds", "uptime_seconds", "sessions",
        "counted", "listeners", "classes", "entries", "reloads", "verdicts", "no_session",
        "internal_errors", "refused_over_max_sessions", "log_dropped"}) {
    EXPECT_TRUE(status.contains(key)) << key;
  }
  EXPECT_EQ(status["pid"], daemon.pid());
  EXPECT_EQ(status["sessions"], 1);
  EXPECT_EQ(status["counted"], 1);
  EXPECT_EQ(status["entries"], 4);
  EXPECT_EQ(status["listeners"]["inbound"]["connections"], 1);
  EXPECT_EQ(status["classes"]["partners"]["connections"], 1);
  EXPECT_EQ(status["classes"]["partners"]["entries"], 1);
  EXPECT_EQ(status["classes"]["blocked"]["entries"], 2);
  EXPECT_EQ(status["verdicts"]["continue"], 1);
}

TEST_F(Control, ClientTellsWhatANetworkHolds) {
  MilterClient session = daemon.client();
  ASSERT_TRUE(session.connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  const auto answer = nlohmann::json::parse(daemon.control("client 10.0.0.9 inbound"));
  EXPECT_EQ(answer["network"], "10.0.0.0/24");
  EXPECT_EQ(answer["connections"], 1);
  EXPECT_EQ(answer["allowed"], 5);
  const auto allowed = [this](const std::string& address) {
    return nlohmann::json::parse(daemon.control("client " + address + " inbound"))["allowed"];
  };
  EXPECT_EQ(allowed("203.0.113.7"), 9);
  EXPECT_EQ(allowed("10.1.2.3"), nullptr);
  EXPECT_EQ(allowed("192.0.2.1"), 0);
  EXPECT_THAT(daemon.control("client 10.0.0.300 inbound"), HasSubstr("\"ok\":false"));
  EXPECT_THAT(daemon.control("client 10.0.0.1 outbound"), HasSubstr("no listener"));
}

TEST_F(Control, GarbageIsAnsweredWithAnError) {
  for (const std::string& request :
       {std::string("nonsense"), std::string(), std::string("status now"),
        std::string("reload hard"), std::string("\x1b[2J\xff"), std::string("a\0b", 3)}) {
    const std::string answer = daemon.control(request);
    EXPECT_THAT(answer, HasSubstr("\"ok\":false")) << request;
    EXPECT_TRUE(answer.ends_with("}\n"));
    EXPECT_TRUE(nlohmann::json::accept(answer));
  }
  EXPECT_THAT(daemon.control(std::string(5000, 'x')), HasSubstr("too long"));
  daemon.control(std::string(10'000'000, 'x'));
  EXPECT_TRUE(daemon.status().is_object());
}

// Connections that only hold their place.
class SilentPeers {
 public:
  SilentPeers(const std::string& path, int count, const std::string& text) {
    for (int i = 0; i < count; ++i) {
      const int peer = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      std::memcpy(address.sun_path, path.data(), path.size());
      if (::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        ::send(peer, text.data(), text.size(), MSG_NOSIGNAL);
      }
      peers_.push_back(peer);
    }
  }
  SilentPeers(const SilentPeers&) = delete;
  SilentPeers& operator=(const SilentPeers&) = delete;
  ~SilentPeers() {
    for (const int peer : peers_) ::close(peer);
  }

 private:
  std::vector<int> peers_;
};

TEST_F(Control, SlowPeersDisturbNobodyWhileThereIsRoom) {
  const SilentPeers slow(daemon.control_socket(), 15, "stat");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(daemon.status().is_object());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(Control, SlowPeersAreCutOffAndMailGoesOn) {
  const SilentPeers slow(daemon.control_socket(), 60, "stat");
  EXPECT_TRUE(daemon.client().connect(AnnouncedClient::ipv4("10.0.0.1")).is_continue());
  EXPECT_TRUE(daemon.status().is_object());  // after at most a few times five seconds
}

TEST_F(Control, PeersThatHangUpDuringAReloadAreForgotten) {
  for (int i = 0; i < 50; ++i) const SilentPeers gone(daemon.control_socket(), 1, "reload\n");
  EXPECT_TRUE(daemon.status().is_object());
}

TEST_F(Control, OtherUsersAreTurnedAway) {
  ASSERT_EQ(::geteuid(), 0U) << "needs root";
  ASSERT_EQ(::chmod(daemon.control_socket().c_str(), 0777), 0);  // the mode alone would do
  const pid_t other = ::fork();
  if (other == 0) {
    if (::setuid(::getpwnam("daemon")->pw_uid) != 0) ::_exit(2);
    ::_exit(ask_control_socket(daemon.control_socket(), "status").empty() ? 0 : 1);
  }
  int code = -1;
  ASSERT_EQ(::waitpid(other, &code, 0), other);
  EXPECT_EQ(code, 0);
  EXPECT_TRUE(eventually([&] { return daemon.log_has("of another user was turned away"); }));
  EXPECT_TRUE(daemon.status().is_object());
}

}  // namespace
}  // namespace portcullis::testing
