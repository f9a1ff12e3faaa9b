#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/eventually.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {

// portcullisd under test, with its policy and lists in a directory of its own. Started as root, it
// drops to `nobody`. Logs to a file. Stopped by the destructor.
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

  // The policy is INI text without [daemon], which is put before it. Neither file is read before
  // start() or a reload.
  void write_policy(std::string_view ini);
  void write_list(std::string_view name, std::string_view text);

  // Returns when both sockets listen and `portcullis status` is answered; opens no milter session.
  // Throws with the log if the daemon ends instead.
  void start();
  // For policies that must not start: runs until the daemon ends by itself.
  ExitStatus run_until_exit(std::chrono::milliseconds limit = kPatience);

  bool running() { return process_ && process_->running(); }
  pid_t pid() const { return process_.value().pid(); }
  ExitStatus stop();  // SIGTERM, then waits
  ExitStatus kill();  // SIGKILL, then waits

  // Asks for a reload and returns at once.
  void signal_reload();
  // Reloads by SIGUSR1 and waits until status() counts it, as done or as failed. True if done.
  [[nodiscard]] bool reload();

  // `portcullis -c POLICY ARGUMENTS...`
  CommandResult cli(const std::vector<std::string>& arguments) const;
  nlohmann::json status() const;  // of `status --json`; throws if that fails
  nlohmann::json explain(const std::vector<std::string>& arguments) const;
  // Waits until no session is live and nothing is counted any more.
  [[nodiscard]] bool wait_until_idle(std::chrono::milliseconds limit = kPatience) const;

  std::string log() const { return read_file(log_path()); }
  // A mark is a place in the log: pass one taken earlier to see only what came after it.
  std::size_t log_mark() const { return log().size(); }
  // The first line after `mark` with `text` in it; nothing if none has come within `limit`.
  std::optional<std::string> wait_for_log(std::string_view text, std::size_t mark = 0,
                                          std::chrono::milliseconds limit = kPatience) const;

  std::string milter_address() const { return "unix:" + socket_path().string(); }
  std::filesystem::path policy_path() const { return scratch_ / "portcullis.conf"; }
  std::filesystem::path log_path() const { return scratch_ / "log"; }
  const ScratchDirectory& scratch() const { return scratch_; }

 private:
  std::filesystem::path socket_path() const { return scratch_ / "run/milter.sock"; }
  std::filesystem::path control_path() const { return scratch_ / "run/control.sock"; }
  bool answers() const;
  nlohmann::json json_of(const std::vector<std::string>& arguments) const;
  [[noreturn]] void fail(const std::string& reason) const;

  ScratchDirectory scratch_;
  std::string daemon_section_;
  std::optional<ChildProcess> process_;  // after scratch_: ends before its directory goes
};

}  // namespace portcullis::testing
