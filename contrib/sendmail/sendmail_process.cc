#include "contrib/sendmail/sendmail_process.h"

#include <charconv>
#include <sstream>

#include <fmt/format.h>

#include "contrib/sendmail/configuration_files.h"

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

std::optional<pid_t> daemon_of(const std::string& cf_file) {
  const auto text = read_if_there(cf_file);
  if (!text) return {};
  const auto pid_file = cf_option(*text, "PidFile");
  if (!pid_file) return {};
  const std::string line = first_line(read_if_there(*pid_file));
  pid_t pid = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), pid);
  if (parsed.ec != std::errc() || pid <= 1) return {};
  // The number may be another's by now.
  const std::string name = first_line(read_if_there(fmt::format("/proc/{}/comm", pid)));
  if (!name.starts_with("sendmail")) return {};
  return pid;
}

}  // namespace portcullis::sendmail
