#include "tests/mta/support/listeners_host.h"

#include <stdexcept>
#include <utility>

#include <fmt/core.h>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/free_port.h"

namespace portcullis::testing {
namespace {

// Arguments: ports by name, the directory of the certificates, and what differs.
constexpr const char* kPolicy = R"(
[listener inbound]
address = 127.0.0.1, 127.0.0.2, ::1
port = {inbound}
tls = may
certificate = {inbound_certificates}
client_certificate = request
client_ca = {tls}/ca.pem
idle_timeout = 2s
[listener partners]
address = 127.0.0.3
port = {partners}
tls = require
certificate = shop
client_certificate = require
client_ca = {tls}/ca.pem
[listener plain]
address = loopback
port = {plain}
tls = off
[listener few]
address = 127.0.0.4
port = {few}
max_connections = 3
max_connections_per_client = unlimited
[listener outbound]
role = outbound
address = 127.0.0.5
port = {outbound}
relay_networks = {relay_networks}
[listener submission]
role = submission
address = 127.0.0.6
port = {submission}
implicit_tls_port = {smtps}
tls = require
certificate = mx
client_certificate = ignore
[certificate mx]
certificate = {tls}/mx.example.com.pem
key = {tls}/mx.example.com.key
hosts = mx.example.com
[certificate shop]
certificate = {tls}/shop.example.pem
key = {tls}/shop.example.key
chain = {tls}/ca.pem
hosts = shop.example
[authentication]
source = sasldb
sasldb = {tls}/users.db
[mta]
host_name = mx.example.com
banner = {banner}
vrfy = no
max_recipients = 5
max_message_size = 20K
tls_profile = intermediate
unverified_clients = reject
milter_timeout = 10s
)";

}  // namespace

ListenersHost::ListenersHost(const ListenersDifference& difference) {
  for (const char* name :
       {"inbound", "partners", "plain", "few", "outbound", "submission", "smtps"}) {
    ports_[name] = free_port();
  }
  const std::string listeners = fmt::format(
      fmt::runtime(kPolicy), fmt::arg("inbound", ports_.at("inbound")),
      fmt::arg("partners", ports_.at("partners")), fmt::arg("plain", ports_.at("plain")),
      fmt::arg("few", ports_.at("few")), fmt::arg("outbound", ports_.at("outbound")),
      fmt::arg("submission", ports_.at("submission")), fmt::arg("smtps", ports_.at("smtps")),
      fmt::arg("tls", authority.path("")),
      fmt::arg("inbound_certificates", difference.inbound_certificates),
      fmt::arg("relay_networks", difference.relay_networks), fmt::arg("banner", difference.banner));
  make_user(difference.users_owner);
  daemon.write_policy(listeners);
  daemon.start();
  policy = "[daemon]\nsocket = " + daemon.milter_address() + '\n' + listeners;
}

MtaOptions ListenersHost::options() const {
  MtaOptions options;
  options.hosts = {{"127.0.0.1", "client.test"}, {"127.0.0.2", "second.test"}};
  options.listeners.clear();
  for (const auto& [name, address] :
       {std::pair{"inbound", "127.0.0.1"}, std::pair{"inbound", "127.0.0.2"},
        std::pair{"inbound", "::1"}, std::pair{"partners", "127.0.0.3"},
        std::pair{"plain", "127.0.0.1"}, std::pair{"few", "127.0.0.4"},
        std::pair{"outbound", "127.0.0.5"}, std::pair{"submission", "127.0.0.6"}}) {
    options.listeners.push_back({.name = name, .address = address, .port = ports_.at(name)});
  }
  return options;
}

void ListenersHost::start(MtaInstance& mta) {
  mta.start();
  if (!daemon.wait_until_idle()) throw std::runtime_error("the probes are still open");
}

void ListenersHost::make_user(const std::string& owner) const {
  const std::string users = authority.path("users.db");
  const auto made =
      run_command({"sh", "-c",
                   fmt::format("echo secret | saslpasswd2 -p -c -f {0} -u mx.example.com user && "
                               "chown {1} {0}",
                               users, owner)});
  if (!made.status.success()) throw std::runtime_error("saslpasswd2: " + made.error);
}

}  // namespace portcullis::testing
