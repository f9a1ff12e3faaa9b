#include "formats/sendmail_action.h"

#include <fmt/format.h>

#include "formats/letters.h"
#include "formats/raw_lines.h"

namespace portcullis {
namespace {

using Result = tl::expected<SendmailAction, Problem>;

constexpr std::string_view kError = "ERROR:";
constexpr std::string_view kQuarantine = "QUARANTINE:";

Result refuse(std::string reason, std::string repair = {}) {
  return tl::unexpected(Problem{std::move(reason), std::move(repair)});
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// "550 text", "550": a reply code of its own.
bool starts_with_code(std::string_view text) {
  return text.size() >= 3 && all_digits(text.substr(0, 3)) &&
         (text.front() == '4' || text.front() == '5') && (text.size() == 3 || is_space(text[3]));
}

SendmailAction denial(std::string_view text, bool temporary) {
  SendmailAction action{.action = Action::deny, .text = text, .warning = {}, .note = {}};
  if (temporary) {
    action.warning =
        Problem{"refuses for the time being: as an entry it is a denial like any other",
                "let such clients have a class with reply = 450 4.7.1 and your text"};
  }
  return action;
}

// What follows ERROR:, with or without an enhanced status code.
SendmailAction parse_error(std::string_view rest) {
  const std::size_t colon = rest.find(':');
  const std::string_view code = rest.substr(0, colon);
  const bool enhanced = colon != std::string_view::npos && code.size() >= 5 && code[1] == '.' &&
                        is_digit(code.front());
  if (!enhanced) {
    const std::string_view text = unquoted(rest);
    return denial(text, starts_with_code(text) && text.front() == '4');
  }
  return denial(unquoted(strip(rest.substr(colon + 1))), code.front() == '4');
}

SendmailAction permit() {
  return {.action = Action::permit, .text = {}, .warning = {}, .note = {}};
}

// SKIP and RELAY let in too, but not as OK does.
SendmailAction skip() {
  SendmailAction action = permit();
  action.note = Problem{
      "is read as a permit; Sendmail takes SKIP only with "
      "FEATURE(`access_db', , `skip'), and without it refuses the client",
      {}};
  return action;
}

SendmailAction relay() {
  SendmailAction action = permit();
  action.warning = Problem{
      "may relay in Sendmail: relaying is not carried over, an entry only lets "
      "it connect",
      "keep the line in the access map if it is to relay"};
  return action;
}

Result refuse_other(std::string_view right) {
  std::string_view rest = right;
  const std::string_view word = take_field(rest);
  if (rest.starts_with('#')) {
    return refuse(fmt::format("has a comment behind {}: Sendmail takes both together for the text "
                              "of a refusal",
                              word),
                  "write comments on lines of their own");
  }
  if (same_word(word, "DISCARD")) {
    return refuse("has the action DISCARD, which accepts all mail and throws it away",
                  "leave it in the access map, or write REJECT");
  }
  if (starts_with_word(word, kQuarantine)) {
    return refuse("has the action QUARANTINE:, which is about the mail and not about the client",
                  "leave it in the access map");
  }
  return refuse(fmt::format("has \"{}\" for an action, which Sendmail takes for the text of a "
                            "refusal",
                            right),
                "known here: OK, RELAY, SKIP, REJECT, ERROR:D.S.N:text");
}

}  // namespace

Result parse_sendmail_action(std::string_view right) {
  if (same_word(right, "REJECT")) return denial({}, false);
  if (same_word(right, "OK")) return permit();
  if (same_word(right, "SKIP")) return skip();
  if (same_word(right, "RELAY")) return relay();
  if (starts_with_word(right, kError)) return parse_error(strip(right.substr(kError.size())));
  if (starts_with_code(unquoted(right))) {
    return denial(unquoted(right), unquoted(right).front() == '4');
  }
  return refuse_other(right);
}

}  // namespace portcullis
