#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/endpoint.h"
#include "tests/mta/support/private_names.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/mta/support/smtp_client.h"

namespace portcullis::testing {

// One SMTP service of the MTA.
struct ListenerSpec {
  std::string name = {};              // {daemon_name} as the milter sees it; "": the MTA's default
  std::string address = "127.0.0.1";  // or "::1", "127.0.0.2"
  std::uint16_t port = 0;             // 0: a free one is chosen
  bool haproxy = false;               // expects a PROXY header; Postfix only
  // Postfix: "name=value" for -o in master.cf. Sendmail: fields for DAEMON_OPTIONS, "M=s".
  std::vector<std::string> options = {};
};

struct MtaOptions {
  std::vector<ListenerSpec> listeners = {ListenerSpec{}};
  std::string milter = {};  // "": none; else as libmilter writes it: unix:/path, inet:port@host
  std::chrono::seconds milter_timeout{10};
  bool xclient = false;                    // XCLIENT from loopback; Postfix only
  HostNames hosts = {};                    // names of clients, forward and reverse
  std::string name_server = {};            // that is asked for MX; "": that of the machine
  std::vector<std::string> settings = {};  // more lines for main.cf or the .mc file
};

// A private MTA on loopback: own directory, high ports, delivers nothing. It accepts mail for
// root@mx.test. If the milter cannot be reached it answers with a temporary failure.
// Needs root. Stopped (killed) by the destructor; can be started again after stop().
class MtaInstance {
 public:
  virtual ~MtaInstance();
  MtaInstance(const MtaInstance&) = delete;
  MtaInstance& operator=(const MtaInstance&) = delete;

  virtual std::string name() const = 0;  // "Postfix", "Sendmail"
  // What the MTA logged; for Sendmail, which logs to syslog only, its SMTP dialogues.
  virtual std::string log() const = 0;
  virtual bool supports_xclient() const = 0;
  virtual bool supports_proxy() const = 0;

  // Returns when every listener has greeted, with whatever code. Its probes connect from 127.0.0.1
  // or
  // ::1 and quit, so a milter sees one session per listener (none on a haproxy listener).
  void start();
  void stop();
  bool running() { return process_ && process_->running(); }

  Endpoint endpoint(std::size_t listener = 0) const;
  Endpoint endpoint(std::string_view listener_name) const;
  // A client of the first listener, connected from `source`.
  SmtpClient connect(const std::string& source = "") const {
    return SmtpClient(endpoint(), source);
  }

  // The processes that serve, or are ready to serve, SMTP sessions.
  std::vector<pid_t> session_processes() const;
  // The one that serves this client; it must have greeted.
  pid_t session_process(const SmtpClient& client) const;
  // kill -9, as the kernel or an impatient administrator does it. Postfix then needs a second
  // before it starts another process for that listener.
  void kill_session_process(const SmtpClient& client) const;
  void kill_session_processes() const;

 protected:
  MtaInstance(std::string_view label, MtaOptions options);

  virtual void write_configuration() = 0;
  virtual std::vector<std::string> command() const = 0;
  virtual std::string session_program() const = 0;

  const MtaOptions& options() const { return options_; }
  const ScratchDirectory& scratch() const { return scratch_; }

 private:
  void wait_until_ready();
  bool greets(const ListenerSpec& listener) const;
  std::string failure(const std::string& reason) const;

  MtaOptions options_;
  ScratchDirectory scratch_;
  std::optional<ChildProcess> process_;  // after scratch_: ends before its directory goes
};

enum class MtaKind { postfix, sendmail };

// "postfix" and "sendmail", as the command line and the names of tests write them.
std::string to_string(MtaKind kind);
MtaKind parse_mta_kind(std::string_view name);

std::unique_ptr<MtaInstance> make_mta(MtaKind kind, MtaOptions options = {});

}  // namespace portcullis::testing
