#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "milter/answer.h"
#include "milter/daemon_context.h"
#include "milter/decision_log.h"
#include "policy/policy.h"

namespace portcullis {

// What the MTA says of a client at CONNECT, decoded. The views are only read during the call.
struct ConnectFacts {
  std::optional<IpAddress> address;  // from the socket address, never from text; empty: local
  std::string_view verified_name;    // only a name that the MTA has confirmed
  DaemonMacros service;
};

// Session is one milter session, from negotiation to close: the policy it was accepted under, its
// counted connection, and what the client is still to be told. The destructor is the only way in
// which its count and its place are given back.
//
// libmilter calls for one session from different threads, but never at once: so no member is
// locked, and nothing is thread-local. What only the log needs is not kept once it is logged: many
// sessions may be idle. May throw std::bad_alloc; then nothing is counted.
class Session {
 public:
  // A HELO longer than this is cut before anything looks at it. RFC 5321 section 4.5.3.1.4 allows
  // 512 octets for the whole command line.
  static constexpr std::size_t kMaxHelo = 512;

  // `hears_helo`: the MTA was asked for HELO and MAIL.
  Session(DaemonContext& daemon, std::shared_ptr<const ActivePolicy> policy, bool hears_helo);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // A second CONNECT starts the session anew, as another client's.
  Answer connect(const ConnectFacts& facts);
  Answer helo(std::string_view name);
  Answer mail();

 private:
  Verdict judge(const ConnectFacts& facts);
  const SmtpReply* refuse_unseen(const ConnectFacts& facts);
  Answer standing_answer() const;
  void reset();
  std::shared_ptr<DecisionLine> line_for(const Decision& decision,
                                         const ConnectFacts& facts) const noexcept;
  // Nothing if all is told.
  void log_untold(std::optional<std::string_view> helo = std::nullopt) noexcept;

  DaemonContext& daemon_;
  const std::shared_ptr<const ActivePolicy> policy_;
  const LiveSessions::Place place_;
  [[no_unique_address]] LivePeers::Place peer_;  // hears_helo_ lies in what would be its padding
  const bool hears_helo_;
  ConnectionTable::Lease lease_;
  const SmtpReply* refusal_ = nullptr;    // what every later step is answered with, or to proceed
  std::shared_ptr<DecisionLine> untold_;  // waits for HELO to be told and logged
};

}  // namespace portcullis
