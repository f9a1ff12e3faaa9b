#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

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

// The line for one verdict, key=value, always one line of printable ASCII:
//   verdict=reject action=deny class=blocked entry="192.0.2.0/24" source=/etc/x/blocked.list:2
//   listener=inbound client=mx.example[192.0.2.1] reply="554 5.7.1 Access denied" answer_at=connect
// What a client or the MTA wrote can form neither a key nor the end of a quoted value: blanks,
// quotes, angle brackets and everything unprintable in it are written as \xNN.
// `policy` is the one that decided. May throw std::bad_alloc.
std::string decision_line(const Policy& policy, const Decision& verdict,
                          const LoggedClient& client);

// The line for a client that was refused before the policy was asked, e.g. "max_sessions".
std::string refusal_line(std::string_view reason, const LoggedClient& client,
                         std::string_view reply);

}  // namespace portcullis
