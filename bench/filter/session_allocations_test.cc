// How often a session asks for memory, between libmilter and the log, and how much of it an idle
// one keeps. A number that grows is found here, not in a profile.

#include <memory>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "config/daemon_settings.h"
#include "config/policy_file.h"
#include "milter/daemon_context.h"
#include "milter/reload.h"
#include "milter/session.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/support/counted_allocations.h"

namespace portcullis {
namespace {

constexpr int kSessions = 1'000;

class SessionAllocations : public ::testing::Test {
 protected:
  SessionAllocations() {
    ::dup2(nothing_, STDERR_FILENO);
    scratch_.write("portcullis.conf",
                   "[listener inbound]\nmax_connections_per_client = 20\n"
                   "max_connections = 10000\n"
                   "[class blocked]\naction = deny\nclients = 192.0.2.0/24\n");
    auto loaded = load_policy((scratch_ / "portcullis.conf").string());
    context_.policy.publish(activate(std::move(*loaded), context_.connections, 1));
  }

  ~SessionAllocations() override {
    ::dup2(standard_error_, STDERR_FILENO);
    ::close(standard_error_);
    ::close(nothing_);
  }

  // Per session, when the tables have grown to their size.
  double allocations_of(IpAddress client) {
    for (int i = 0; i < kSessions; ++i) run_session(client);
    const std::uint64_t before = testing::allocations();
    for (int i = 0; i < kSessions; ++i) run_session(client);
    return static_cast<double>(testing::allocations() - before) / kSessions;
  }

  // Of sessions that are let in, each from another network, and say nothing more.
  double bytes_of_an_idle_one() {
    std::vector<std::unique_ptr<Session>> sessions(kSessions);
    const std::uint64_t before = testing::bytes_held();
    for (int i = 0; i < kSessions; ++i) {
      sessions[static_cast<std::size_t>(i)] =
          begin_session(IpAddress::from_ipv4(0x0a00'0000 + static_cast<std::uint32_t>(i)));
    }
    return static_cast<double>(testing::bytes_held() - before) / kSessions;
  }

 private:
  std::unique_ptr<Session> begin_session(IpAddress client) {
    auto session = std::make_unique<Session>(context_, context_.policy.current(), false);
    session->connect({client, "mx.partner.example", {"inbound", "127.0.0.1", "25"}});
    return session;
  }
  void run_session(IpAddress client) { begin_session(client); }

  // The log is written where nobody reads it.
  const int nothing_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const int standard_error_ = ::dup(STDERR_FILENO);
  testing::ScratchDirectory scratch_{"allocations"};
  Log log_{LogTarget::standard_error, /*verbose=*/false};
  DaemonContext context_{DaemonSettings{}, "", log_, /*seed=*/1, [] {}};
};

// The session, its entry in the connection table, and its line in the log.
TEST_F(SessionAllocations, OfAClientThatIsLetInAreThree) {
  EXPECT_LE(allocations_of(IpAddress::from_ipv4(0xc000'0301)), 3);
}

// No entry in the connection table; its entry in the list and its reply as texts of the line.
TEST_F(SessionAllocations, OfAClientThatIsDeniedAreFour) {
  EXPECT_LE(allocations_of(IpAddress::from_ipv4(0xc000'0201)), 4);
}

// The session object and its entry in the connection table, whose shards grow as it fills.
TEST_F(SessionAllocations, LeaveAnIdleSessionFewBytes) {
  EXPECT_LE(sizeof(Session), 144U);
  EXPECT_LE(bytes_of_an_idle_one(), 224);
}

}  // namespace
}  // namespace portcullis
