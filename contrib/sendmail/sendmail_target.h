#pragma once

#include <optional>
#include <string>

namespace portcullis {

// Where a Sendmail is, and which one.
struct SendmailTarget {
  std::string config_dir = "/etc/mail";
  std::optional<std::string> version = {};        // "8.17.1.9"; nothing: that of cf_dir
  std::string cf_dir = "/usr/share/sendmail/cf";  // of the m4 macros
  std::string sasl_dir = "/etc/sasl2";            // where libsasl2 looks for Sendmail.conf
  std::string saslauthd_conf = "/etc/saslauthd.conf";
  std::string sendmail = "/usr/sbin/sendmail";
  std::string mail_log = "/var/log/mail.log";
  bool ipv6_loopback = true;  // it has ::1
};

}  // namespace portcullis
