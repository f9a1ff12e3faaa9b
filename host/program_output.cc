#include "host/program_output.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace portcullis {
namespace {

constexpr std::size_t kMaxOutput = std::size_t{16} << 20;

std::string find_program(const std::string& name) {
  for (const char* directory : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"}) {
    if (access((directory + name).c_str(), X_OK) == 0) return directory + name;
  }
  return {};
}

// The child's id, or -1. Its standard output is `output`.
pid_t start(const std::string& path, const std::vector<std::string>& command, int output) {
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
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int error =
      posix_spawn(&child, path.c_str(), &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  return error == 0 ? child : -1;
}

// False if there is more of it than we take.
bool read_all(int descriptor, std::string& text) {
  std::array<char, 65536> buffer{};
  while (text.size() <= kMaxOutput) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return false;
}

bool ended_well(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::optional<std::string> program_output(const std::vector<std::string>& command) {
  const std::string path = find_program(command.front());
  std::array<int, 2> ends{};
  if (path.empty() || pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const pid_t child = start(path, command, ends[1]);
  close(ends[1]);
  std::string text;
  const bool complete = child > 0 && read_all(ends[0], text);
  close(ends[0]);  // a child that has more to say gets SIGPIPE
  if (child <= 0 || !ended_well(child) || !complete) return {};
  return text;
}

}  // namespace portcullis
