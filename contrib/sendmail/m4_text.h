#pragma once

#include <string>
#include <string_view>

namespace portcullis {

// Text on its way through m4 into sendmail.cf. cfhead.m4 and proto.m4 of Sendmail expand what a
// define() holds once more, so a value wears two pairs of quotes there and comes out as it is, even
// if a word of it is the name of a macro.

// "``value''": an argument whose text is expanded once more later. Precondition:
// survives_m4(value).
std::string m4_value(std::string_view value);

// "define(`name', ``value'')dnl".
std::string m4_define(std::string_view name, std::string_view value);

// Lines of sendmail.cf as they are, into the diversion that Sendmail's m4 files keep for them; the
// diversion before it is in force again behind them. `lines` ends with a line end.
enum class CfPlace : int {
  route = 3,    // LOCAL_RULE_0
  option = 6,   // LOCAL_CONFIG
  mailer = 7,   // MAILER_DEFINITIONS
  ruleset = 9,  // LOCAL_RULESETS
};
std::string cf_lines(CfPlace place, std::string_view lines);

// Without ` and ', which m4 takes for its quotes, and printable ASCII alone.
bool survives_m4(std::string_view text);

// A file name, a socket or a daemon's name that neither m4 nor sendmail.cf takes for more than it
// is: letters, digits and a few marks.
bool is_plain(std::string_view text);

// What sendmail.cf reads back as `text`: $ doubled, and # not a comment.
std::string cf_literal(std::string_view text);

}  // namespace portcullis
