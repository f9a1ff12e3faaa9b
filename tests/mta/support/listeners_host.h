#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/mta/support/daemon_process.h"
#include "tests/mta/support/mta_instance.h"
#include "tests/mta/support/openssl_client.h"

namespace portcullis::testing {

// What the policies of the two MTAs say differently.
struct ListenersDifference {
  std::string inbound_certificates;  // of "mx" and "shop"
  std::string relay_networks;
  std::string banner;
  std::string users_owner;  // of the file of logins
};

// A host with a listener of every kind, portcullisd, certificates, and a user who may log in: what
// GeneratedPostfix and GeneratedSendmail are shown by, setting by setting. The MTA is that of the
// class derived from it.
class ListenersHost {
 public:
  ListenersHost(const ListenersHost&) = delete;
  ListenersHost& operator=(const ListenersHost&) = delete;

  Endpoint at(const std::string& name, const std::string& address) const {
    return {.address = address, .port = ports_.at(name)};
  }

  TestAuthority authority{{"mx.example.com", "shop.example", "client.example"}};
  PortcullisDaemon daemon;
  std::string policy;  // all of it; the daemon runs by it

 protected:
  explicit ListenersHost(const ListenersDifference& difference);
  ~ListenersHost() = default;

  // All listeners, and names of two clients.
  MtaOptions options() const;
  void start(MtaInstance& mta);

 private:
  void make_user(const std::string& owner) const;

  std::map<std::string, std::uint16_t> ports_;
};

}  // namespace portcullis::testing
