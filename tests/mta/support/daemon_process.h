#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/eventually.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/support/milter_client.h"

namespace portcullis::testing {

// What a client of the control socket sends and gets; an empty answer if there is none.
std::string ask_control_socket(const std::string& path, const std::string& request);

// portcullisd under test, with its policy and lists in a directory of its own. Started as root, it
// drops to `nobody`. Logs to a file. Stopped by the destructor, which ends the whole program if the
// log holds the report of a sanitizer: no test passes over one.
//
//   PortcullisDaemon daemon;
//   daemon.write_list("blocked.list", "127.0.0.5\n");
//   daemon.write_policy("[listener inbound]\n...[class blocked]\nclients = file:blocked.list\n");
//   daemon.start();
//
// The programs are those of this build; $PORTCULLISD and $PORTCULLIS name others.
class PortcullisDaemon {
 public:
  // `daemon_settings`: more lines for the [daemon] section, such as "max_sessions = 3\n".
  explicit PortcullisDaemon(const std::string& daemon_settings = "");
  ~PortcullisDaemon();

  // The policy is INI text without [daemon], which is put before it, with more lines for it if
  // there are any. Neither file is read before start() or a reload.
  void write_policy(std::string_view ini, std::string_view daemon_settings = {});
  void write_list(std::string_view name, std::string_view text);

  // Returns when the daemon says that it serves; opens no milter session. Throws with the log if it
  // ends instead. `arguments` are those of the command line beside -c.
  void start(const std::vector<std::string>& arguments = {});
  // Starts it and waits for nothing.
  void spawn(const std::vector<std::string>& arguments = {});
  // For what must not start: runs until the daemon ends by itself.
  ExitStatus run_until_exit(const std::vector<std::string>& arguments = {});

  bool running() { return process_ && process_->running(); }
  pid_t pid() const { return process_.value().pid(); }
  // The exit code if it ends by itself within `limit`.
  std::optional<int> exit_code(std::chrono::milliseconds limit = kPatience);
  ExitStatus stop();  // SIGTERM, then waits
  ExitStatus kill();  // SIGKILL, then waits
  void signal(int number);

  // Asks for a reload and returns at once.
  void signal_reload();
  // Reloads by SIGUSR1 and waits until status() counts it, as done or as failed. True if done.
  [[nodiscard]] bool reload();

  // One request of the control socket: the answer as text, and as JSON; the latter throws if there
  // is none.
  std::string control(const std::string& request) const;
  nlohmann::json ask(const std::string& request) const;
  nlohmann::json status() const;
  // Waits for a number of the status.
  [[nodiscard]] bool status_becomes(const std::string& key, std::uint64_t value) const;

  // The MTA's end of a session that has been negotiated.
  MilterClient client() const { return negotiated(milter_socket()); }

  // `portcullis -c POLICY ARGUMENTS...`
  CommandResult cli(const std::vector<std::string>& arguments) const;
  nlohmann::json explain(const std::vector<std::string>& arguments) const;
  // Waits until no session is live and nothing is counted any more.
  [[nodiscard]] bool wait_until_idle(std::chrono::milliseconds limit = kPatience) const;

  std::string log() const { return read_file(log_path()); }
  bool log_has(std::string_view text) const { return log().find(text) != std::string::npos; }
  // Lines that hold `text`.
  std::size_t log_count(std::string_view text) const;
  // A mark is a place in the log: pass one taken earlier to see only what came after it.
  std::size_t log_mark() const { return log().size(); }
  // The first line after `mark` with `text` in it; nothing if none has come within `limit`.
  std::optional<std::string> wait_for_log(std::string_view text, std::size_t mark = 0,
                                          std::chrono::milliseconds limit = kPatience) const;

  std::string milter_address() const { return "unix:" + milter_socket(); }
  std::string milter_socket() const { return scratch_ / "run/milter.sock"; }
  std::string control_socket() const { return scratch_ / "run/control.sock"; }
  std::filesystem::path policy_path() const { return scratch_ / "portcullis.conf"; }
  std::filesystem::path log_path() const { return scratch_ / "log"; }
  const ScratchDirectory& scratch() const { return scratch_; }

 private:
  [[noreturn]] void fail(const std::string& reason) const;

  ScratchDirectory scratch_;
  std::string daemon_section_;
  std::optional<ChildProcess> process_;  // after scratch_: ends before its directory goes
};

}  // namespace portcullis::testing
