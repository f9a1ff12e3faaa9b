#include "cli/mail_log.h"

namespace portcullis {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

struct LogLine {
  std::string_view process;
  std::string_view message;
};

// Only the first ": " can end the tag: whatever a client has said stands behind it.
std::optional<LogLine> split(std::string_view line) {
  const std::size_t end = line.find(": ");
  if (end == std::string_view::npos || end == 0 || line[end - 1] != ']') return std::nullopt;
  std::string_view tag = line.substr(0, end - 1);
  const std::size_t blank = tag.rfind(' ');
  if (blank != std::string_view::npos) tag.remove_prefix(blank + 1);
  const std::size_t bracket = tag.find('[');
  if (bracket == 0 || bracket == std::string_view::npos) return std::nullopt;
  if (!is_number(tag.substr(bracket + 1))) return std::nullopt;
  return LogLine{tag.substr(0, bracket), line.substr(end + 2)};
}

std::string_view service_of(std::string_view process) {
  const std::size_t first = process.find('/');
  const std::size_t last = process.rfind('/');
  if (first == last) return {};
  return process.substr(first + 1, last - first - 1);
}

}  // namespace

std::optional<LoggedConnect> parse_connect_line(std::string_view line) {
  constexpr std::string_view kWords = "connect from ";
  const auto found = split(line);
  if (!found || !found->message.starts_with(kWords)) return std::nullopt;
  const std::string_view process = found->process;
  if (process != "smtpd" && !process.ends_with("/smtpd")) return std::nullopt;
  std::string_view client = found->message.substr(kWords.size());
  const std::size_t open = client.find('[');
  if (open == std::string_view::npos) return std::nullopt;
  const std::size_t close = client.find(']', open);
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view behind = client.substr(close + 1);
  if (!behind.empty() && (behind[0] != ':' || !is_number(behind.substr(1)))) return std::nullopt;
  const auto address = IpAddress::parse(client.substr(open + 1, close - open - 1));
  if (!address) return std::nullopt;
  const std::string_view name = client.substr(0, open);
  return LoggedConnect{process, service_of(process), name == "unknown" ? std::string_view() : name,
                       *address};
}

bool is_log_line(std::string_view line) {
  return split(line).has_value();
}

}  // namespace portcullis
