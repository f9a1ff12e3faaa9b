#pragma once

#include <string_view>

namespace portcullis {

// What a program has said in a line of a syslog file: "fatal: no socket" of
// "Dec  1 00:26:38 mx postfix/smtpd[7]: fatal: no socket". Empty if the line has no program with
// its process number. What stands before it no client can choose, and of what the program says no
// client chooses the start.
std::string_view message_of(std::string_view line);

// The name of that program: "postfix/smtpd". Empty if there is none.
std::string_view program_of(std::string_view line);

}  // namespace portcullis
