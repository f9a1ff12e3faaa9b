#include "tests/milter/daemon_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

using Clock = std::chrono::steady_clock;

// In the child: what exec needs, and nothing else.
[[noreturn]] void execute(const std::vector<std::string>& arguments, const std::string& log) {
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(output, STDERR_FILENO);
  ::dup2(output, STDOUT_FILENO);
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

// Leaves the exit code for waitpid().
bool has_ended(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

int connect_unix(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return socket;
  }
  ::close(socket);
  return -1;
}

}  // namespace

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto end = Clock::now() + patience;
  while (!condition()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "portcullis-XXXXXX";
  path_ = ::mkdtemp(name.data());
  std::filesystem::permissions(path_, std::filesystem::perms(0755));
  const passwd* nobody = ::getpwnam("nobody");
  if (::geteuid() == 0 && ::chown(path_.c_str(), nobody->pw_uid, nobody->pw_gid) != 0) ::abort();
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_file(const std::string& path, const std::string& text) {
  // A list is replaced whole, as its writers are told to.
  const std::string aside = path + ".new";
  std::ofstream(aside, std::ios::binary) << text;
  std::filesystem::rename(aside, path);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string control(const std::string& path, const std::string& request) {
  const int socket = connect_unix(path);
  if (socket < 0) return {};
  const std::string line = request + "\n";
  std::string answer;
  std::array<char, 4096> chunk{};
  if (::send(socket, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
    ssize_t size = 0;
    while ((size = ::recv(socket, chunk.data(), chunk.size(), 0)) > 0) {
      answer.append(chunk.data(), static_cast<std::size_t>(size));
    }
  }
  ::close(socket);
  return answer;
}

DaemonProcess::~DaemonProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const char* report : {"Sanitizer", "runtime error:", "terminate called", "Assertion"}) {
    if (log_has(report)) ADD_FAILURE() << log();
  }
}

void DaemonProcess::write_policy(const std::string& sections,
                                 const std::string& daemon_keys) const {
  write_file(policy_file(), "[daemon]\nsocket = unix:" + milter_socket() +
                                "\ncontrol_socket = " + control_socket() +
                                "\nuser = nobody\nlog = stderr\n" + daemon_keys + "\n" + sections);
}

void DaemonProcess::spawn(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{PORTCULLISD_PATH, "-c", policy_file()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const std::string log = directory / "log";
  pid_ = ::fork();
  if (pid_ == 0) execute(all, log);
}

bool DaemonProcess::start(const std::vector<std::string>& arguments) {
  spawn(arguments);
  const auto serves = [this] { return log_has(" serves on "); };
  return eventually([&] { return serves() || has_ended(pid_); }) && serves();
}

void DaemonProcess::signal(int number) const {
  ::kill(pid_, number);
}

std::optional<int> DaemonProcess::wait_for_end(std::chrono::milliseconds patience) {
  int status = 0;
  const bool ended =
      eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, patience);
  if (!ended) return std::nullopt;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string DaemonProcess::control(const std::string& request) const {
  return testing::control(control_socket(), request);
}

nlohmann::json DaemonProcess::status() const {
  return nlohmann::json::parse(control("status"), nullptr, /*allow_exceptions=*/false);
}

bool DaemonProcess::status_becomes(const std::string& key, std::uint64_t value) const {
  return eventually([&] {
    const auto now = status();
    return now.is_object() && now.contains(key) && now[key] == value;
  });
}

bool DaemonProcess::log_has(const std::string& text) const {
  return log().find(text) != std::string::npos;
}

std::size_t DaemonProcess::log_count(const std::string& text) const {
  std::istringstream lines(log());
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.find(text) != std::string::npos;
  return count;
}

}  // namespace portcullis::testing
