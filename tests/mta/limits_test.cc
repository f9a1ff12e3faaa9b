// Limits on simultaneous connections: hit exactly at N+1, and freed whatever ends a connection.

#include <functional>
#include <string>
#include <vector>

#include "tests/mta/support/guarded_mta_test.h"

namespace portcullis::testing {
namespace {

class Limits : public GuardedMtaTest {
 protected:
  // The gauges when `count` connections of one class are open on the listener inbound.
  static Gauges open(int count, const std::string& client_class = "") {
    Gauges gauges{.sessions = count, .counted = count};
    if (count == 0) return gauges;
    gauges.listeners["inbound"] = count;
    if (!client_class.empty()) gauges.classes[client_class] = count;
    return gauges;
  }

  static void expect_limit_in_log(std::size_t mark, const std::string& limit) {
    EXPECT_TRUE(daemon().wait_for_log("limit=" + limit + " ", mark).has_value()) << daemon().log();
  }
};
PORTCULLIS_ON_BOTH_MTAS(Limits);

TEST_P(Limits, ClientIsTurnedAwayExactlyBeyondItsLimit) {
  host().use_policy("[listener inbound]\nmax_connections_per_client = 3\n");
  std::vector<SmtpClient> clients;
  for (int number = 1; number <= 3; ++number) {
    clients.push_back(greeted("127.0.1.1"));
    EXPECT_EQ(host().gauges(), open(number));
  }
  const std::size_t mark = daemon().log_mark();
  for (int more = 0; more < 2; ++more) expect_turned_away("127.0.1.1");
  expect_limit_in_log(mark, "client");
  EXPECT_TRUE(host().reaches(open(3)));

  expect_permitted("127.0.1.2");
  EXPECT_EQ(clients[0].command("NOOP").code, 250) << "those inside notice nothing";
  for (int number = 2; number >= 0; --number) {
    clients.back().quit();
    clients.pop_back();
    EXPECT_TRUE(host().reaches(open(number))) << to_string(host().gauges());
  }
}

TEST_P(Limits, Ipv6ClientIsTurnedAwayBeyondItsLimit) {
  host().use_policy("[listener six]\nmax_connections_per_client = 2\n");
  SmtpClient one = greeted("::1", "six");
  SmtpClient two = greeted("::1", "six");
  expect_turned_away("::1", "six");
  one.quit();
  EXPECT_TRUE(host().reaches({.sessions = 1, .counted = 1, .listeners = {{"six", 1}}}));
  expect_permitted("::1", "six");
}

TEST_P(Limits, ClientNetworkCountsAsOneClient) {
  host().use_policy(
      "[listener inbound]\nmax_connections_per_client = 2\nclient_prefix_ipv4 = 24\n");
  SmtpClient one = greeted("127.0.1.1");
  SmtpClient two = greeted("127.0.1.2");
  expect_turned_away("127.0.1.3");
  expect_permitted("127.0.2.1");
}

TEST_P(Limits, ClientHasACountOfItsOwnOnEachListener) {
  host().use_policy(
      "[listener inbound]\nmax_connections_per_client = 1\n"
      "[listener second]\nport = 587\nmax_connections_per_client = 1\n");
  SmtpClient one = greeted("127.0.1.1");
  SmtpClient other = greeted("127.0.1.1", "second");
  EXPECT_EQ(host().gauges(),
            (Gauges{.sessions = 2, .counted = 2, .listeners = {{"inbound", 1}, {"second", 1}}}));
  expect_turned_away("127.0.1.1");
  expect_turned_away("127.0.1.1", "second");
}

TEST_P(Limits, ClassIsTurnedAwayExactlyBeyondItsTotalOverAllListeners) {
  host().use_policy(R"(
[listener inbound]
[listener second]
port = 587
[class partners]
action = permit
clients = 127.0.2.0/24
max_connections = 3
)");
  SmtpClient one = greeted("127.0.2.1");
  SmtpClient two = greeted("127.0.2.2");
  SmtpClient three = greeted("127.0.2.3", "second");
  const Gauges full{.sessions = 3,
                    .counted = 3,
                    .listeners = {{"inbound", 2}, {"second", 1}},
                    .classes = {{"partners", 3}}};
  EXPECT_EQ(host().gauges(), full);
  const std::size_t mark = daemon().log_mark();
  expect_turned_away("127.0.2.4");
  expect_turned_away("127.0.2.4", "second");
  expect_limit_in_log(mark, "class");
  expect_permitted("127.0.1.1");
  EXPECT_TRUE(host().reaches(full));
  three.quit();
  EXPECT_TRUE(host().reaches(open(2, "partners")));
  expect_permitted("127.0.2.4");
}

TEST_P(Limits, ClassHasItsOwnLimitPerClientInsteadOfTheListeners) {
  host().use_policy(R"(
[listener inbound]
max_connections_per_client = 1
[class partners]
action = permit
clients = 127.0.2.0/24
max_connections_per_client = 2
)");
  SmtpClient one = greeted("127.0.2.1");
  SmtpClient two = greeted("127.0.2.1");
  EXPECT_EQ(host().gauges(), open(2, "partners"));
  expect_turned_away("127.0.2.1");
  SmtpClient stranger = greeted("127.0.1.1");
  expect_turned_away("127.0.1.1");
}

TEST_P(Limits, ListenerTurnsAwayEveryoneExactlyBeyondItsTotal) {
  host().use_policy("[listener inbound]\nmax_connections = 3\n[listener second]\nport = 587\n");
  std::vector<SmtpClient> clients;
  for (int number = 1; number <= 3; ++number) {
    clients.push_back(greeted("127.0.1." + std::to_string(number)));
    EXPECT_EQ(host().gauges(), open(number));
  }
  const std::size_t mark = daemon().log_mark();
  expect_turned_away("127.0.1.4");
  expect_limit_in_log(mark, "listener");
  expect_permitted("127.0.1.4", "second");
  EXPECT_TRUE(host().reaches(open(3)));
  clients.pop_back();
  EXPECT_TRUE(host().reaches(open(2)));
  expect_permitted("127.0.1.4");
}

TEST_P(Limits, ReservedConnectionsAreKeptForTheirClass) {
  host().use_policy(R"(
[listener inbound]
max_connections = 3
[class partners]
action = permit
clients = 127.0.2.0/24
reserved_connections = 2
)");
  SmtpClient stranger = greeted("127.0.1.1");
  const std::size_t mark = daemon().log_mark();
  expect_turned_away("127.0.1.2");
  expect_limit_in_log(mark, "reserved");
  SmtpClient one = greeted("127.0.2.1");
  SmtpClient two = greeted("127.0.2.2");
  EXPECT_EQ(host().gauges(), (Gauges{.sessions = 3,
                                     .counted = 3,
                                     .listeners = {{"inbound", 3}},
                                     .classes = {{"partners", 2}}}));
  expect_turned_away("127.0.2.3");

  // The place of a stranger is a stranger's again; that of a partner stays a partner's.
  one.quit();
  EXPECT_TRUE(eventually([] { return host().gauges().counted == 2; }));
  expect_turned_away("127.0.1.2");
  stranger.quit();
  EXPECT_TRUE(host().reaches(open(1, "partners")));
  expect_permitted("127.0.1.2");
}

TEST_P(Limits, ExemptClientsAreNeitherCountedNorLimited) {
  host().use_policy(R"(
[listener inbound]
max_connections = 1
max_connections_per_client = 1
[class internal]
action = exempt
clients = 127.0.3.0/24
)");
  std::vector<SmtpClient> internal;
  for (int number = 0; number < 4; ++number) internal.push_back(greeted("127.0.3.1"));
  EXPECT_EQ(host().gauges(), (Gauges{.sessions = 4}));
  SmtpClient stranger = greeted("127.0.1.1");
  expect_turned_away("127.0.1.2");
  internal.push_back(greeted("127.0.3.1"));
  EXPECT_TRUE(host().reaches({.sessions = 6, .counted = 1, .listeners = {{"inbound", 1}}}))
      << to_string(host().gauges());
}

TEST_P(Limits, DeniedClientHoldsNoPlace) {
  host().use_policy(R"(
[listener inbound]
max_connections = 1
[class blocked]
action = deny
clients = 127.0.2.0/24
[class later]
action = deny
clients = 127.0.4.0/24
answer_at = helo
)");
  SmtpClient denied = client_from("127.0.2.1");
  EXPECT_EQ(denied.read_banner().code, 554);
  SmtpClient denied_later = greeted("127.0.4.1");
  EXPECT_EQ(host().gauges().counted, 0);
  expect_permitted("127.0.1.1");
}

// Whatever ends a connection gives its place back.
struct Ending {
  std::string name;
  std::function<void(MtaInstance&, SmtpClient&)> end;
};

const std::vector<Ending>& endings() {
  static const std::vector<Ending> all = {
      {"quit", [](MtaInstance&, SmtpClient& client) { client.quit(); }},
      {"close", [](MtaInstance&, SmtpClient& client) { client.close(); }},
      {"reset", [](MtaInstance&, SmtpClient& client) { client.abort(); }},
      {"close amid a transaction",
       [](MtaInstance&, SmtpClient& client) {
         client.command("EHLO client.test");
         client.command("MAIL FROM:<a@client.test>");
         client.close();
       }},
      {"kill -9 of the session process",
       [](MtaInstance& mta, SmtpClient& client) {
         mta.kill_session_process(client);
         EXPECT_TRUE(client.closed_by_peer());
       }},
  };
  return all;
}

TEST_P(Limits, PlaceIsFreedWhateverEndsTheConnection) {
  host().use_policy(R"(
[listener inbound]
max_connections_per_client = 2
[class partners]
action = permit
clients = 127.0.1.1
max_connections = 2
)");
  for (const Ending& ending : endings()) {
    SCOPED_TRACE(ending.name);
    SmtpClient staying = greeted("127.0.1.1");
    SmtpClient leaving = greeted("127.0.1.1");
    expect_turned_away("127.0.1.1");
    ending.end(mta(), leaving);
    EXPECT_TRUE(host().reaches(open(1, "partners"))) << to_string(host().gauges());
    SmtpClient next = greeted("127.0.1.1");
    EXPECT_TRUE(host().reaches(open(2, "partners"))) << to_string(host().gauges());
    expect_turned_away("127.0.1.1");
    next.quit();
    staying.quit();
    EXPECT_TRUE(host().reaches({})) << to_string(host().gauges());
  }
}

}  // namespace
}  // namespace portcullis::testing
