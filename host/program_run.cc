#include "host/program_run.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace portcullis {
namespace {

constexpr std::size_t kMaxOutput = std::size_t{16} << 20;

std::string find_program(const std::string& name) {
  if (name.starts_with('/')) return access(name.c_str(), X_OK) == 0 ? name : std::string();
  for (const char* directory : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"}) {
    if (access((directory + name).c_str(), X_OK) == 0) return directory + name;
  }
  return {};
}

struct Pipe {
  std::array<int, 2> ends{-1, -1};

  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) ends = {-1, -1};
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  bool good() const { return ends[0] >= 0; }
  void close_end(std::size_t end) {
    if (ends.at(end) >= 0) close(ends.at(end));
    ends.at(end) = -1;
  }
};

// The child's id, or -1.
pid_t start(const std::string& path, const std::vector<std::string>& command, int output,
            int errors) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): posix_spawn(3) changes none of them
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  std::string search = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  std::string language = "LC_ALL=C";
  std::array<char*, 3> environment = {search.data(), language.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  pid_t child = -1;
  const int error =
      posix_spawn(&child, path.c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? child : -1;
}

// Reads what is there; false at the end.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 65536> buffer{};
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR;
  text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

bool is_too_much(const ProgramRun& run) {
  return run.output.size() > kMaxOutput || run.errors.size() > kMaxOutput;
}

// Both at once, so that a program that fills one pipe is never stuck. Stops at more than we take,
// of either: a program that never ends would wait for us, and we for it.
void read_all(Pipe& output, Pipe& errors, ProgramRun& run) {
  std::array<pollfd, 2> sources = {pollfd{output.ends[0], POLLIN, 0},
                                   pollfd{errors.ends[0], POLLIN, 0}};
  while ((sources[0].fd >= 0 || sources[1].fd >= 0) && !is_too_much(run)) {
    if (poll(sources.data(), sources.size(), -1) < 0 && errno != EINTR) return;
    if (sources[0].revents != 0 && !read_some(sources[0].fd, run.output)) sources[0].fd = -1;
    if (sources[1].revents != 0 && !read_some(sources[1].fd, run.errors)) sources[1].fd = -1;
  }
}

int exit_code_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

std::optional<ProgramRun> run_program(const std::vector<std::string>& command) {
  const std::string path = find_program(command.front());
  Pipe output;
  Pipe errors;
  if (path.empty() || !output.good() || !errors.good()) return {};
  const pid_t child = start(path, command, output.ends[1], errors.ends[1]);
  output.close_end(1);
  errors.close_end(1);
  if (child <= 0) return {};
  ProgramRun run;
  read_all(output, errors, run);
  output.close_end(0);  // a child that has more to say gets SIGPIPE
  errors.close_end(0);
  run.exit_code = exit_code_of(child);
  if (is_too_much(run)) return {};
  return run;
}

}  // namespace portcullis
