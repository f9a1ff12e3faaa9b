#include "tests/mta/support/daemon_process.h"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fmt/core.h>
#include <fmt/ranges.h>
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

// Asks the kernel instead of connecting, which the daemon would take for a session.
// Fields: address, reference count, protocol, flags, type, state, inode, path.
bool unix_socket_listens(const std::filesystem::path& path) {
  constexpr const char* kAccepting = "00010000";  // __SO_ACCEPTCON
  std::ifstream sockets("/proc/net/unix");
  std::string line;
  while (std::getline(sockets, line)) {
    std::istringstream fields(line);
    std::string address, references, protocol, flags;
    fields >> address >> references >> protocol >> flags;
    if (flags == kAccepting && line.ends_with(" " + path.string())) return true;
  }
  return false;
}

}  // namespace

PortcullisDaemon::PortcullisDaemon(const std::string& daemon_settings) : scratch_("daemon") {
  // The daemon makes its sockets after it has dropped its privileges, or before: both work here.
  const std::string owner = geteuid() == 0 ? kUser : "";
  scratch_.make_directory("run", owner);
  const auto state = scratch_.make_directory("state", owner);
  daemon_section_ = fmt::format(
      "[daemon]\nsocket = unix:{}\nsocket_mode = 0666\ncontrol_socket = {}\nstate_dir = {}\n"
      "log = stderr\n",
      socket_path().string(), control_path().string(), state.string());
  if (!owner.empty()) daemon_section_ += fmt::format("user = {}\n", owner);
  daemon_section_ += daemon_settings + "\n\n";
}

void PortcullisDaemon::write_policy(std::string_view ini) {
  scratch_.write("portcullis.conf", daemon_section_ + std::string(ini));
}

void PortcullisDaemon::write_list(std::string_view name, std::string_view text) {
  scratch_.write(name, text);
}

void PortcullisDaemon::start() {
  process_.emplace(std::vector<std::string>{daemon_program(), "-c", policy_path()},
                   ChildOptions{.output = log_path()});
  const bool ready = eventually([this] {
    if (const auto status = process_->wait(std::chrono::milliseconds{0})) {
      fail("ended at start with " + status->describe());
    }
    return answers();
  });
  if (!ready) fail("does not answer on its sockets");
}

ExitStatus PortcullisDaemon::run_until_exit(std::chrono::milliseconds limit) {
  process_.emplace(std::vector<std::string>{daemon_program(), "-c", policy_path()},
                   ChildOptions{.output = log_path()});
  if (const auto status = process_->wait(limit)) return *status;
  fail("is still running");
}

ExitStatus PortcullisDaemon::stop() {
  return process_.value().terminate(kPatience);
}

ExitStatus PortcullisDaemon::kill() {
  return process_.value().kill();
}

void PortcullisDaemon::signal_reload() {
  process_.value().signal(SIGUSR1);
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

nlohmann::json PortcullisDaemon::status() const {
  return json_of({"status", "--json"});
}

nlohmann::json PortcullisDaemon::explain(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{"explain", "--json"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return json_of(all);
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

// The daemon listens before it has read its policy, so that nobody finds the door closed; only an
// answer shows that it has one.
bool PortcullisDaemon::answers() const {
  return unix_socket_listens(socket_path()) && unix_socket_listens(control_path()) &&
         cli({"status", "--json"}).status.success();
}

nlohmann::json PortcullisDaemon::json_of(const std::vector<std::string>& arguments) const {
  const CommandResult result = cli(arguments);
  auto json = nlohmann::json::parse(result.output, nullptr, false);
  if (result.status.success() && !json.is_discarded()) return json;
  throw std::runtime_error(fmt::format("portcullis {}: {}: {}{}", fmt::join(arguments, " "),
                                       result.status.describe(), result.output, result.error));
}

void PortcullisDaemon::fail(const std::string& reason) const {
  throw std::runtime_error(fmt::format("portcullisd {}; its log:\n{}", reason, log()));
}

}  // namespace portcullis::testing
