#include "contrib/sendmail/sendmail_process.h"

#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

extern "C" {  // glibc 2.36 forgets to say so
#include <sys/pidfd.h>
}

#include "contrib/sendmail/configuration_files.h"
#include "policy/printable.h"

#include "editing/descriptor.h"
#include "host/program_run.h"

namespace portcullis::sendmail {
namespace {

std::string first_line(const std::optional<std::string>& text) {
  return text ? text->substr(0, text->find('\n')) : std::string();
}

}  // namespace

std::optional<std::string> cf_option(const std::string& cf_text, std::string_view name) {
  std::optional<std::string> value;
  const std::string start = fmt::format("O {}=", name);
  std::istringstream lines(cf_text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(start)) value = line.substr(start.size());
  }
  return value;
}

std::optional<pid_t> recorded_daemon(const std::string& cf_file) {
  const auto text = read_if_there(cf_file);
  if (!text) return {};
  const auto pid_file = cf_option(*text, "PidFile");
  if (!pid_file) return {};
  const std::string line = first_line(read_if_there(*pid_file));
  pid_t pid = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), pid);
  if (parsed.ec != std::errc() || pid <= 1) return {};
  return pid;
}

std::optional<pid_t> daemon_of(const std::string& cf_file) {
  const auto pid = recorded_daemon(cf_file);
  if (!pid) return {};
  // "123 (sendmail) S 1 ..."; the number may be another's by now. Z: ended, and nobody has asked.
  const std::string state = first_line(read_if_there(fmt::format("/proc/{}/stat", *pid)));
  const std::size_t name = state.find('(');
  const std::size_t behind = state.rfind(')');
  if (name == std::string::npos || behind == std::string::npos) return {};
  if (!state.substr(name + 1).starts_with("sendmail")) return {};
  if (state.substr(behind).starts_with(") Z")) return {};
  return pid;
}

bool tell_daemon(const std::string& cf_file) {
  constexpr int kUntilItEnds = 1000;  // milliseconds, as those below
  constexpr int kUntilTheNextIsThere = 5000;
  constexpr int kPause = 50;
  const auto daemon = daemon_of(cf_file);
  if (!daemon) return false;
  const Descriptor process(::pidfd_open(*daemon, 0));
  if (!process || ::pidfd_send_signal(process.get(), SIGHUP, nullptr, 0) != 0) return false;
  pollfd end = {process.get(), POLLIN, 0};
  if (::poll(&end, 1, kUntilItEnds) != 1) return true;
  // In the background it is another process by now, which writes its number when it listens.
  for (int waited = 0; waited < kUntilTheNextIsThere; waited += kPause) {
    if (daemon_of(cf_file)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(kPause));
  }
  return false;
}

bool end_daemon(const std::string& cf_file) {
  constexpr int kPatience = 2000;  // milliseconds for each signal
  const auto daemon = daemon_of(cf_file);
  if (!daemon) return true;
  const int process = ::pidfd_open(*daemon, 0);
  if (process < 0) return !daemon_of(cf_file);
  bool ended = false;
  // From here on the number cannot become another's unseen.
  if (daemon_of(cf_file) == daemon) {
    for (const int number : {SIGTERM, SIGKILL}) {
      if (ended || ::pidfd_send_signal(process, number, nullptr, 0) != 0) break;
      pollfd end = {process, POLLIN, 0};
      ended = ::poll(&end, 1, kPatience) == 1;
    }
  }
  ::close(process);
  return ended || !daemon_of(cf_file);
}

tl::expected<void, Diagnostics> start_daemon(const SendmailTarget& target) {
  const bool of_the_machine =
      target.config_dir == "/etc/mail" && std::filesystem::exists("/run/systemd/system");
  const std::vector<std::string> command =
      of_the_machine ? std::vector<std::string>{"systemctl", "restart", "sendmail"}
                     // As Debian starts it: a daemon that looks into its queue too.
                     : std::vector<std::string>{target.sendmail, "-C",
                                                target.config_dir + "/sendmail.cf", "-bd", "-q10m"};
  const auto run = run_program(command);
  if (run && run->succeeded()) return {};
  Diagnostics found;
  found.error(target.config_dir + "/sendmail.cf", 0, command.front(),
              run ? "cannot start Sendmail, which has ended: " + printable(run->errors, 400)
                  : "cannot be run",
              "start it: systemctl start sendmail", "not-running");
  return tl::unexpected(std::move(found));
}

}  // namespace portcullis::sendmail
