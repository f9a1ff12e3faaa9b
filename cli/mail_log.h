#pragma once

#include <optional>
#include <string_view>

#include "policy/ip_address.h"

namespace portcullis {

// A client that a mail log tells of. The views point into the line; they may hold any bytes.
struct LoggedConnect {
  std::string_view process;  // "postfix/submission/smtpd"
  // What stands between the first and the last part of the process's name: "submission", as
  // `-o syslog_name=postfix/submission` in master.cf(5) has it; else empty.
  std::string_view service;
  std::string_view name;  // as Postfix has verified it; empty if it has not
  IpAddress address;
};

// The line that smtpd(8) of Postfix logs when a client connects:
//   Nov 22 02:35:08 mx1 postfix/smtpd[1234]: connect from mx.example.com[192.0.2.7]
// with any timestamp, and with ":PORT" behind it (smtpd_client_port_logging). Nothing for any other
// line: what clients say is logged too, behind other words, and is not taken for a connection.
// postscreen(8) hands clients on to smtpd, where they count. O(length); does not allocate.
std::optional<LoggedConnect> parse_connect_line(std::string_view line);

// True if the line is one of a system log: it names a process, "postfix/qmgr[12]: ...".
bool is_log_line(std::string_view line);

}  // namespace portcullis
