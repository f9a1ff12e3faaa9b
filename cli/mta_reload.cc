#include "cli/mta_reload.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "contrib/sendmail/authorities.h"
#include "contrib/sendmail/sendmail_target.h"

#include "host/program_output.h"

namespace portcullis {
namespace {

constexpr std::string_view kPidFileOption = "O PidFile=";
constexpr const char* kUsualPidFile = "/var/run/sendmail/mta/sendmail.pid";

Found<void> failed(std::string_view what) {
  return tl::unexpected(
      failure(ExitCode::unavailable,
              fmt::format("{}; the files are in place, reload the mail server by hand", what)));
}

Found<void> reload_postfix(const std::optional<std::string>& config_dir) {
  std::vector<std::string> command = {"postfix"};
  if (config_dir) command.insert(command.end(), {"-c", *config_dir});
  command.emplace_back("reload");
  if (program_output(command)) return {};
  return failed(fmt::format("\"{}\" failed", fmt::join(command, " ")));
}

// Nothing if there is no such configuration: another Sendmail must not be taken for it.
std::optional<std::string> pid_file_of(const std::string& configuration) {
  std::ifstream cf(configuration);
  if (!cf) return std::nullopt;
  for (std::string line; std::getline(cf, line);) {
    if (line.starts_with(kPidFileOption)) return line.substr(kPidFileOption.size());
  }
  return kUsualPidFile;
}

// The number of another process by now, unless its program is Sendmail.
bool is_sendmail(pid_t pid) {
  std::string name;
  std::ifstream comm(fmt::format("/proc/{}/comm", pid));
  std::getline(comm, name);
  return name.starts_with("sendmail");
}

// Sendmail would go on to send those of the certificate before.
Found<void> renew_issuers(const SendmailTarget& target, const MtaSettings& policy) {
  const auto renewed = sendmail::renew_authorities(policy, target);
  if (renewed) return {};
  const Diagnostic why = renewed.error().sorted().front();
  return failed(fmt::format("{}/portcullis-ca.pem cannot be written anew: {} {}", target.config_dir,
                            why.culprit.empty() ? why.file : why.culprit, why.reason));
}

Found<void> reload_sendmail(const std::optional<std::string>& config_dir,
                            const MtaSettings& policy) {
  SendmailTarget target;
  if (config_dir) target.config_dir = *config_dir;
  if (auto renewed = renew_issuers(target, policy); !renewed) return renewed;
  const std::string configuration = target.config_dir + "/sendmail.cf";
  const auto file = pid_file_of(configuration);
  if (!file) return failed(fmt::format("{} cannot be read", configuration));
  std::string line;
  std::ifstream pid_file(*file);
  std::getline(pid_file, line);
  pid_t pid = 0;
  std::from_chars(line.data(), line.data() + line.size(), pid);
  if (pid <= 1 || !is_sendmail(pid)) {
    return failed(fmt::format("{} names no running Sendmail", *file));
  }
  if (::kill(pid, SIGHUP) == 0) return {};
  return failed(fmt::format("Sendmail (process {}) cannot be signalled: {}", pid,
                            std::generic_category().message(errno)));
}

}  // namespace

Found<void> reload_mta(Mta mta, const std::optional<std::string>& config_dir,
                       const MtaSettings& policy) {
  return mta == Mta::postfix ? reload_postfix(config_dir) : reload_sendmail(config_dir, policy);
}

}  // namespace portcullis
