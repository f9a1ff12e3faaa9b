#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/mta/support/eventually.h"

namespace portcullis::testing {

// How a process ended: by exit(code), or by a signal (then code is -1).
struct ExitStatus {
  int code = -1;
  int signal = 0;
  bool success() const { return code == 0; }
  std::string describe() const;  // "exit 78", "signal 9"
};

struct ChildOptions {
  std::filesystem::path output = {};  // standard output and error are appended to it
  std::map<std::string, std::string> environment = {};  // added to ours, or instead of it:
  bool inherit_environment = true;
};

// A process that we started, as leader of its own session and process group. It is ended with all
// of its group when this object ends, and by the orphan watch if this program dies first. Nothing
// else is ever signalled. Not thread-safe.
class ChildProcess {
 public:
  explicit ChildProcess(const std::vector<std::string>& command, const ChildOptions& options = {});
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool running() { return !wait(std::chrono::milliseconds{0}).has_value(); }

  // Sends `number` to the process itself; nothing happens if it has ended.
  void signal(int number);

  // Waits for the end, then reaps. After the first success always the same answer. Processes of the
  // group that are left when its leader has ended get SIGKILL before the leader is reaped, while
  // its number cannot belong to anyone else.
  std::optional<ExitStatus> wait(std::chrono::milliseconds limit = kPatience);

  // SIGTERM, and SIGKILL to the whole group when `grace` has passed.
  ExitStatus terminate(std::chrono::milliseconds grace = std::chrono::milliseconds{5000});
  ExitStatus kill();

 private:
  pid_t pid_ = 0;
  std::optional<ExitStatus> status_;
};

struct CommandResult {
  ExitStatus status;
  std::string output = {};  // standard output
  std::string error;        // standard error
};

// Runs a short command to its end; throws if it is not there or takes longer than `limit`.
CommandResult run_command(const std::vector<std::string>& command, const ChildOptions& options = {},
                          std::chrono::milliseconds limit = kPatience);

}  // namespace portcullis::testing
