#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/mta_settings.h"
#include "contrib/sendmail/sendmail_target.h"

namespace portcullis::sendmail {

// One thing that portcullis.m4 says.
struct Statement {
  std::string key;   // what a difference calls it: "confTO_COMMAND", "listener inbound"
  std::string text;  // m4, whole lines, without the last line end; `dnl` lines only as comments
  std::uint32_t line = 0;  // of the policy file; 0: none in particular

  friend bool operator==(const Statement&, const Statement&) = default;
};

// portcullis.m4 while it is written, and what there is to say about it.
class Draft {
 public:
  Draft(const MtaSettings& of_policy, const SendmailTarget& for_sendmail)
      : settings(of_policy), target(for_sendmail) {}

  void add(std::string key, std::string text, std::uint32_t line) {
    statements.push_back({std::move(key), std::move(text), line});
  }
  // define(`macro', ``value'').
  void define(const std::string& macro, const std::string& value, std::uint32_t line);

  void error(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
             std::string_view code);
  void warning(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
               std::string_view code);

  // Whether Sendmail is of this version or a later one.
  bool has_version(unsigned major, unsigned minor) const;

  // Whether a file name or socket may stand in sendmail.cf; an error if not.
  bool usable(const Written<std::string>& value);

  // NOLINTBEGIN(cppcoreguidelines-avoid-const-or-ref-data-members): lives as long as one call
  const MtaSettings& settings;
  const SendmailTarget& target;
  // NOLINTEND(cppcoreguidelines-avoid-const-or-ref-data-members)
  std::vector<Statement> statements;
  Diagnostics found;
};

// The parts of portcullis.m4, each in a file of its own name. All are pure.
void draft_daemons(Draft& draft);         // ports and addresses, limits, flags
void draft_milter(Draft& draft);          // the milter itself
void draft_server(Draft& draft);          // host name, banner, VRFY, recipients, size, time
void draft_certificates(Draft& draft);    // certificates, keys, authorities, profile
void draft_client_rules(Draft& draft);    // what one daemon asks of its clients
void draft_authentication(Draft& draft);  // SASL
void draft_routes(Draft& draft);          // outgoing mail and [route NAME]
void draft_outgoing_tls(Draft& draft);

// All of them.
Draft drafted(const MtaSettings& settings, const SendmailTarget& target);

// The file of all authorities and issuers, which apply writes beside sendmail.cf; empty: none.
std::string authorities_file(const MtaSettings& settings, const SendmailTarget& target);

// "inbound submission": C{...} lines of a class, with line ends. Nothing without members.
std::string class_lines(const std::string& name, const std::vector<std::string>& members);

}  // namespace portcullis::sendmail
