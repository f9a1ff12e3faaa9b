#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contrib/sendmail/draft.h"

namespace portcullis::sendmail {

// portcullis.m4 as text: each statement below a comment with its key and the line of the policy.
std::string write_portcullis_m4(const std::vector<Statement>& statements,
                                const std::string& policy_file);

// The statements of such a file, without the lines of the policy. Takes any text.
std::vector<Statement> read_portcullis_m4(std::string_view text);

// A whole sendmail.mc that includes it, for a machine without one.
std::string whole_sendmail_mc(const SendmailTarget& target);

// The line of it that includes portcullis.m4, with its end.
std::string include_line(const SendmailTarget& target);

}  // namespace portcullis::sendmail
