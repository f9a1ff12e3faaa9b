#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

// The code of lint()'s warning that the milter does not answer.
inline constexpr std::string_view kMilterAway = "milter-away";

// One file that `portcullis generate` prints or writes into a directory.
struct GeneratedFile {
  std::string name;  // relative to the MTA's configuration directory: "main.cf", "access"
  std::string text;  // whole, with comments that name the line of the policy that each part is from
  bool secret = false;  // holds a password: mode 0600, never printed
};

// One thing that differs between what runs and what the policy says.
struct MtaChange {
  std::string file;                   // "main.cf", "master.cf", "sendmail.mc", "access"
  std::string setting;                // "smtpd_timeout", "25/inet", "TLS_Clt:"
  std::optional<std::string> before;  // nothing: it is not there now
  std::optional<std::string> after;   // nothing: it goes
  std::uint32_t line = 0;             // of the policy file; 0: none in particular
};

// An address and port where the MTA will answer SMTP, and how it is asked.
struct MtaEndpoint {
  std::string listener;  // name in the policy
  std::string address;   // that this host reaches it by: "127.0.0.1", "2001:db8::25"
  std::uint16_t port = 0;
  bool implicit_tls = false;  // TLS from the first byte
  bool starttls = false;      // EHLO must offer it, and it must work
};

// The configuration of one MTA of this host, as far as a policy says it: what `portcullis generate`
// prints, compares and applies. One object stands for one policy and one configuration directory;
// it is made by its MTA's folder (contrib/postfix, contrib/sendmail).
//
// Only settings that Portcullis owns are read, named or changed: those that the policy says now,
// and those that an earlier apply() made (it keeps a record in the directory) and the policy no
// longer says. Every failure is a list of diagnostics; none throws. Not for several threads.
class MtaConfiguration {
 public:
  virtual ~MtaConfiguration() = default;
  MtaConfiguration(const MtaConfiguration&) = delete;
  MtaConfiguration& operator=(const MtaConfiguration&) = delete;

  // What the policy says that this MTA cannot do, what is done instead, and what is wrong: errors
  // stop everything below, warnings and notes are for people.
  virtual const Diagnostics& findings() const = 0;

  // All of it as files. Pure: the directory is not read.
  virtual std::vector<GeneratedFile> files() const = 0;

  // What the MTA's own tools make of files(), for another machine: sendmail.cf. They put files
  // aside into `directory` while they run. What cannot be made here is a warning in `found`.
  // Nothing where the MTA reads files() as they are.
  virtual std::vector<GeneratedFile> built_files(const std::string& directory,
                                                 Diagnostics& found) const;

  // What apply would change, in the order of files(). Empty: everything is as the policy says.
  // Reads the directory by the MTA's own tools.
  virtual tl::expected<std::vector<MtaChange>, Diagnostics> changes() const = 0;

  // The files that edit() writes, whether they are there or not, as absolute paths: what a backup
  // must hold to go back.
  virtual std::vector<std::string> edited_files() const = 0;

  // Makes the changes by the MTA's own tools, and builds maps. A failure may leave some of them
  // made: the caller puts its backup back.
  virtual tl::expected<void, Diagnostics> edit() const = 0;

  // Builds again what is made of the edited files (maps, sendmail.cf), after a backup was put back.
  virtual tl::expected<void, Diagnostics> rebuild() const = 0;

  // Asks the MTA's own tools about the configuration as it now stands. Errors and warnings.
  virtual Diagnostics lint() const = 0;

  // Whether the MTA is running on this configuration directory.
  virtual bool running() const = 0;

  // What on this host keeps a running MTA from doing what the policy says, asked before edit():
  // ports that another program has. Errors.
  virtual Diagnostics obstacles() const = 0;

  // Tells the running MTA to take the configuration; one that has ended since it was seen running
  // is started. Returns when it has been told, not when it has done it: ask the endpoints.
  virtual tl::expected<void, Diagnostics> reload() const = 0;

  // Ends it and starts it again: for one that does not answer after reload().
  virtual tl::expected<void, Diagnostics> restart() const = 0;

  // A note on one that is not running: which process the last one was, and how to start it. Nothing
  // if that cannot be told. Whether it was stopped or has failed only its log knows.
  virtual Diagnostics absence() const;

  // Where it must answer then.
  virtual std::vector<MtaEndpoint> endpoints() const = 0;

  // Those of the last lines of the MTA's log in which it complains, as they are but made printable;
  // empty if it cannot be read. A client may cause many of them: none is left out for that.
  virtual std::vector<std::string> complaints() const = 0;

 protected:
  MtaConfiguration() = default;
};

inline std::vector<GeneratedFile> MtaConfiguration::built_files(const std::string& /*directory*/,
                                                                Diagnostics& /*found*/) const {
  return {};
}

inline Diagnostics MtaConfiguration::absence() const {
  return {};
}

}  // namespace portcullis
