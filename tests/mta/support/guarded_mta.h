#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tests/mta/support/daemon_process.h"
#include "tests/mta/support/mta_instance.h"

namespace portcullis::testing {

// The gauges of `portcullis status`: what the daemon believes to be open. Names without a
// connection are left out.
struct Gauges {
  int sessions = 0;
  int counted = 0;
  std::map<std::string, int> listeners = {};
  std::map<std::string, int> classes = {};

  bool operator==(const Gauges&) const = default;
  bool idle() const { return *this == Gauges{}; }
};

std::string to_string(const Gauges& gauges);

// An MTA with portcullisd as its milter. Its services are called
//   inbound  127.0.0.1
//   six      ::1
//   second   127.0.0.1, another port
// unless the options name others.
class GuardedMta {
 public:
  // The policy is in force from the start.
  GuardedMta(MtaKind kind, std::string_view policy, MtaOptions options = {},
             const std::string& daemon_settings = "");

  static MtaOptions three_services();

  PortcullisDaemon& daemon() { return daemon_; }
  MtaInstance& mta() { return *mta_; }

  // Waits until nobody is connected, then puts another policy in force, and returns when that is in
  // the log. Throws if the policy has an error.
  void use_policy(std::string_view ini);

  Gauges gauges() const;
  // True as soon as the gauges are these.
  [[nodiscard]] bool reaches(const Gauges& expected) const;
  std::uint16_t port(std::string_view service) const { return mta_->endpoint(service).port; }

 private:
  PortcullisDaemon daemon_;
  std::unique_ptr<MtaInstance> mta_;  // after the daemon: stops first
};

// What a client was told until it could send; a banner alone does not say whether it may.
struct Conversation {
  SmtpReplyLines banner;
  SmtpReplyLines hello = {};  // to EHLO
  SmtpReplyLines mail = {};   // to MAIL
  std::string transcript = {};

  bool permitted() const { return banner.code == 220 && hello.code == 250 && mail.code == 250; }
};

// Banner, EHLO, MAIL. What comes after a banner or a reply of 421 stays empty. The client stays
// connected.
Conversation converse(SmtpClient& client, std::string_view helo = "client.test");

}  // namespace portcullis::testing
