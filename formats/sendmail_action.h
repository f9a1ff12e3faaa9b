#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "policy/verdict.h"

namespace portcullis {

// What the right side of a "Connect:" line says of a client.
struct SendmailAction {
  Action action = Action::deny;
  std::string_view text;           // for the client, where the line has one
  std::optional<Problem> warning;  // it means more than an entry of ours can say
  std::optional<Problem> note;
};

// REJECT, ERROR:D.S.N:text and the older "550 text" deny; OK, SKIP and RELAY permit. Refused by
// name: what does something to the mail (DISCARD, QUARANTINE:), and whatever else Sendmail would
// send to the client as the text of a refusal (ruleset check_relay of cf/m4/proto.m4).
tl::expected<SendmailAction, Problem> parse_sendmail_action(std::string_view right);

}  // namespace portcullis
