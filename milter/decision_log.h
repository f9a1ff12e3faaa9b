#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "milter/active_policy.h"
#include "milter/line_queue.h"
#include "policy/ip_address.h"
#include "policy/policy.h"
#include "policy/verdict.h"

namespace portcullis {

// A client as a log line names it. The views are only read.
struct LoggedClient {
  std::optional<IpAddress> address;      // empty: local submission
  std::string_view verified_name;        // may be empty
  std::optional<std::string_view> helo;  // empty: not heard, or not yet
};

// The longest line, without the log's own prefix.
inline constexpr std::size_t kMaxDecisionLine = 1000;

// The line for one verdict: key=value, always one line of printable ASCII:
//   verdict=reject action=deny class=blocked entry="192.0.2.0/24" source=/etc/x/blocked.list:2
//   listener=inbound client=mx.example[192.0.2.1] reply="554 5.7.1 Access denied" answer_at=connect
// What a client or the MTA wrote can form neither a key nor the end of a quoted value: blanks,
// quotes, angle brackets and everything unprintable in it are written as \xNN.
// It is appended to `line`. `policy` is the one that decided. May throw std::bad_alloc.
void write_decision(std::string& line, const Policy& policy, const Decision& verdict,
                    const LoggedClient& client);

// DecisionLine is that line before it is put into words, with all that the words need. Making one
// costs a session one allocation and a fraction of the words (bench/NOTES.md, F1).
class DecisionLine : public LineText {
 public:
  // No host name is longer (RFC 1035 section 2.3.4): the rest of a longer one is left out.
  static constexpr std::size_t kMaxName = 255;

  DecisionLine(std::shared_ptr<const ActivePolicy> policy, const Decision& decision,
               std::optional<IpAddress> address, std::string_view verified_name)
      : policy_(std::move(policy)),
        decision_(decision),
        address_(address),
        name_length_(static_cast<std::uint8_t>(verified_name.copy(name_.data(), kMaxName))) {}

  // The client has said HELO.
  void set_helo(std::string_view helo) { helo_ = helo; }

  void write_to(std::string& line) const override {
    const std::string_view verified_name(name_.data(), name_length_);
    write_decision(line, *policy_->policy, decision_, {address_, verified_name, helo_});
  }

 private:
  const std::shared_ptr<const ActivePolicy> policy_;  // the decision points into it
  const Decision decision_;
  const std::optional<IpAddress> address_;
  std::optional<std::string> helo_;
  std::array<char, kMaxName> name_;
  std::uint8_t name_length_;
};

// The line for a client that was refused before the policy was asked, e.g. "max_sessions".
std::string refusal_line(std::string_view reason, const LoggedClient& client,
                         std::string_view reply);

}  // namespace portcullis
