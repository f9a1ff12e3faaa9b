#include "tests/mta/support/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/mta/support/orphan_watch.h"

namespace portcullis::testing {
namespace {

class FileDescriptor {
 public:
  FileDescriptor(int number, const std::string& what) : number_(number) {
    if (number_ < 0) throw std::system_error(errno, std::generic_category(), what);
  }
  ~FileDescriptor() { close(number_); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_of(const ChildOptions& options) {
  std::vector<std::string> result;
  for (char** entry = environ; options.inherit_environment && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!options.environment.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [name, value] : options.environment) {
    result.push_back(fmt::format("{}={}", name, value));
  }
  return result;
}

// The child gets its own session, default signals and an empty mask, whatever this program did.
void set_attributes(posix_spawnattr_t* attributes) {
  sigset_t defaults;
  sigset_t none;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (const int number : {SIGPIPE, SIGHUP, SIGINT, SIGTERM, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD}) {
    sigaddset(&defaults, number);
  }
  posix_spawnattr_setsigdefault(attributes, &defaults);
  posix_spawnattr_setsigmask(attributes, &none);
  posix_spawnattr_setflags(
      attributes,
      static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
}

pid_t spawn(std::vector<std::string> command, const ChildOptions& options, int output, int error) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);  // what our children leave behind becomes ours to wait for
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO);
  set_attributes(&attributes);

  std::vector<std::string> environment = environment_of(options);
  pid_t pid = 0;
  const int failure = posix_spawnp(&pid, command.at(0).c_str(), &actions, &attributes,
                                   pointers(command).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0) {
    throw std::system_error(failure, std::generic_category(), "cannot start " + command[0]);
  }
  watch_process_group(pid);
  return pid;
}

// True once the process has ended; it stays a zombie, so its number stays ours.
bool has_ended(pid_t pid) {
  siginfo_t info{};
  if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
    throw std::system_error(errno, std::generic_category(), fmt::format("waitid {}", pid));
  }
  return info.si_pid == pid;
}

// Ends what is left of the group and waits for all of it: a worker that outlives its master would
// keep the listening socket open. spawn() made us the reaper of such orphans.
ExitStatus reap(pid_t pid) {
  ::kill(-pid, SIGKILL);
  int status = 0;
  waitpid(pid, &status, 0);
  while (waitpid(-pid, nullptr, 0) > 0 || errno == EINTR) {
  }
  unwatch_process_group(pid);
  if (WIFSIGNALED(status)) return {.code = -1, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

std::string contents(const FileDescriptor& file) {
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t size = 0;
  while ((size = pread(file.get(), buffer.data(), buffer.size(), static_cast<off_t>(text.size()))) >
         0) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return text;
}

}  // namespace

std::string ExitStatus::describe() const {
  return signal != 0 ? fmt::format("signal {}", signal) : fmt::format("exit {}", code);
}

ChildProcess::ChildProcess(const std::vector<std::string>& command, const ChildOptions& options) {
  const std::string target = options.output.empty() ? "/dev/null" : options.output.string();
  const FileDescriptor output(open(target.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644),
                              target);
  pid_ = spawn(command, options, output.get(), output.get());
}

ChildProcess::~ChildProcess() {
  try {
    terminate();
  } catch (const std::exception& failure) {
    fmt::print(stderr, "cannot end process {}: {}\n", pid_, failure.what());
  }
}

void ChildProcess::signal(int number) {
  if (!status_) ::kill(pid_, number);
}

std::optional<ExitStatus> ChildProcess::wait(std::chrono::milliseconds limit) {
  if (!status_ && eventually([this] { return has_ended(pid_); }, limit)) status_ = reap(pid_);
  return status_;
}

ExitStatus ChildProcess::terminate(std::chrono::milliseconds grace) {
  signal(SIGTERM);
  if (const auto status = wait(grace)) return *status;
  return kill();
}

ExitStatus ChildProcess::kill() {
  if (!status_) ::kill(-pid_, SIGKILL);
  if (const auto status = wait()) return *status;
  throw std::runtime_error(fmt::format("process {} survived SIGKILL", pid_));
}

CommandResult run_command(const std::vector<std::string>& command, const ChildOptions& options,
                          std::chrono::milliseconds limit) {
  const FileDescriptor output(memfd_create("output", MFD_CLOEXEC), "memfd_create");
  const FileDescriptor error(memfd_create("error", MFD_CLOEXEC), "memfd_create");
  const pid_t pid = spawn(command, options, output.get(), error.get());
  const bool ended = eventually([pid] { return has_ended(pid); }, limit);
  if (!ended) ::kill(-pid, SIGKILL);
  CommandResult result{.status = reap(pid), .output = contents(output), .error = contents(error)};
  if (ended) return result;
  throw std::runtime_error(fmt::format("{} was still running after {} ms; it said: {}{}",
                                       command[0], limit.count(), result.output, result.error));
}

}  // namespace portcullis::testing
