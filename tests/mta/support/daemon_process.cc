#include "tests/mta/support/daemon_process.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

constexpr const char* kUser = "nobody";

std::string program(const char* variable, const char* built) {
  const char* configured = std::getenv(variable);
  std::string path = configured != nullptr && *configured != '\0' ? configured : built;
  if (access(path.c_str(), X_OK) == 0) return path;
  throw std::runtime_error(
      fmt::format("{} is missing: build it, or set {} to the program", path, variable));
}

std::string daemon_program() {
  return program("PORTCULLISD", PORTCULLISD_PATH);
}
std::string cli_program() {
  return program("PORTCULLIS", PORTCULLIS_PATH);
}

int connect_unix(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return socket;
  }
  close(socket);
  return -1;
}

}  // namespace

std::string ask_control_socket(const std::string& path, const std::string& request) {
  const int socket = connect_unix(path);
  if (socket < 0) return {};
  const std::string line = request + "\n";
  std::string answer;
  std::array<char, 4096> chunk{};
  if (send(socket, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
    ssize_t size = 0;
    while ((size = recv(socket, chunk.data(), chunk.size(), 0)) > 0) {
      answer.append(chunk.data(), static_cast<std::size_t>(size));
    }
  }
  close(socket);
  return answer;
}

PortcullisDaemon::PortcullisDaemon(const std::string& daemon_settings) : scratch_("daemon") {
  // The daemon makes its sockets after it has dropped its privileges, or before: both work here.
  const std::string owner = geteuid() == 0 ? kUser : "";
  scratch_.make_directory("run", owner);
  const auto state = scratch_.make_directory("state", owner);
  daemon_section_ = fmt::format(
      "[daemon]\nsocket = unix:{}\ncontrol_socket = {}\nstate_dir = {}\n"
      "log = stderr\n",
      milter_socket(), control_socket(), state.string());
  if (!owner.empty()) daemon_section_ += fmt::format("user = {}\n", owner);
  daemon_section_ += daemon_settings + "\n";
}

PortcullisDaemon::~PortcullisDaemon() {
  process_.reset();
  for (const char* report : {"Sanitizer", "runtime error:", "terminate called", "Assertion"}) {
    if (!log_has(report)) continue;
    fmt::print(stderr, "portcullisd has failed; its log:\n{}\n", log());
    std::abort();
  }
}

void PortcullisDaemon::write_policy(std::string_view ini, std::string_view daemon_settings) {
  std::string daemon_section = fmt::format("{}{}\n", daemon_section_, daemon_settings);
  // Unless the test says who the MTA is, anybody may be.
  if (daemon_section.find("socket_mode") == std::string::npos) {
    daemon_section += "socket_mode = 0666\n";
  }
  scratch_.write("portcullis.conf", daemon_section + std::string(ini));
}

void PortcullisDaemon::write_list(std::string_view name, std::string_view text) {
  scratch_.write(name, text);
}

void PortcullisDaemon::spawn(const std::vector<std::string>& arguments) {
  std::vector<std::string> command{daemon_program(), "-c", policy_path()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  process_.emplace(command, ChildOptions{.output = log_path()});
}

void PortcullisDaemon::start(const std::vector<std::string>& arguments) {
  const std::size_t mark = log_mark();
  spawn(arguments);
  const bool ready = eventually([&] {
    if (const auto status = process_->wait(std::chrono::milliseconds{0})) {
      fail("ended at start with " + status->describe());
    }
    return log().find(" serves on ", mark) != std::string::npos;
  });
  if (!ready) fail("does not say that it serves");
}

ExitStatus PortcullisDaemon::run_until_exit(const std::vector<std::string>& arguments) {
  spawn(arguments);
  if (const auto status = process_->wait()) return *status;
  fail("is still running");
}

std::optional<int> PortcullisDaemon::exit_code(std::chrono::milliseconds limit) {
  const auto status = process_.value().wait(limit);
  return status && status->signal == 0 ? std::optional(status->code) : std::nullopt;
}

ExitStatus PortcullisDaemon::stop() {
  return process_.value().terminate(kPatience);
}

ExitStatus PortcullisDaemon::kill() {
  return process_.value().kill();
}

void PortcullisDaemon::signal(int number) {
  process_.value().signal(number);
}

void PortcullisDaemon::signal_reload() {
  signal(SIGUSR1);
}

bool PortcullisDaemon::reload() {
  const nlohmann::json before = status().at("reloads");
  nlohmann::json after;
  signal_reload();
  const bool counted = eventually([&] {
    after = status().at("reloads");
    return after != before;
  });
  if (!counted) fail("does not reload");
  return after.at("ok") != before.at("ok");
}

CommandResult PortcullisDaemon::cli(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{cli_program(), "-c", policy_path()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(command);
}

std::string PortcullisDaemon::control(const std::string& request) const {
  return ask_control_socket(control_socket(), request);
}

nlohmann::json PortcullisDaemon::ask(const std::string& request) const {
  const std::string answer = control(request);
  auto json = nlohmann::json::parse(answer, nullptr, false);
  if (json.is_object()) return json;
  fail(fmt::format("answers \"{}\" with \"{}\"", request, answer));
}

nlohmann::json PortcullisDaemon::status() const {
  return ask("status");
}

bool PortcullisDaemon::status_becomes(const std::string& key, std::uint64_t value) const {
  return eventually([&] { return status().at(key) == value; });
}

nlohmann::json PortcullisDaemon::explain(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{"explain", "--json"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const CommandResult result = cli(all);
  auto json = nlohmann::json::parse(result.output, nullptr, false);
  if (result.status.success() && !json.is_discarded()) return json;
  throw std::runtime_error(fmt::format("portcullis {}: {}: {}{}", fmt::join(all, " "),
                                       result.status.describe(), result.output, result.error));
}

bool PortcullisDaemon::wait_until_idle(std::chrono::milliseconds limit) const {
  return eventually(
      [this] {
        const nlohmann::json now = status();
        return now.at("sessions") == 0 && now.at("counted") == 0;
      },
      limit);
}

std::optional<std::string> PortcullisDaemon::wait_for_log(std::string_view text, std::size_t mark,
                                                          std::chrono::milliseconds limit) const {
  std::optional<std::string> line;
  const bool found = eventually(
      [&] {
        const std::string all = log();
        const std::size_t place = all.find(text, mark);
        const std::size_t end = all.find('\n', place);  // a line that is still being written waits
        if (place == std::string::npos || end == std::string::npos) return false;
        const std::size_t before = all.rfind('\n', place);
        const std::size_t begin = before == std::string::npos ? 0 : before + 1;
        line = all.substr(begin, end - begin);
        return true;
      },
      limit);
  return found ? line : std::nullopt;
}

std::size_t PortcullisDaemon::log_count(std::string_view text) const {
  std::istringstream lines(log());
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += line.find(text) != std::string::npos;
  return count;
}

void PortcullisDaemon::fail(const std::string& reason) const {
  throw std::runtime_error(fmt::format("portcullisd {}; its log:\n{}", reason, log()));
}

}  // namespace portcullis::testing
