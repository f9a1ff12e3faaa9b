#include "contrib/sendmail/mc_source.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "contrib/sendmail/services.h"

namespace portcullis::sendmail {
namespace {

constexpr std::string_view kBegin = "dnl portcullis begin: made by portcullis generate";
constexpr std::string_view kEnd = "dnl portcullis end";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

std::string_view trimmed_left(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

bool starts(std::string_view line, std::string_view word) {
  return trimmed_left(line).starts_with(word);
}

bool is_same_service(const ListenerDelivery& delivery, const MtaService& service) {
  const Listener& listener = delivery.listener;
  if (service.port != listener.port && service.port != listener.implicit_tls_port) return false;
  return !service.address || listener.addresses.includes(*service.address);
}

// `statement`: a whole DAEMON_OPTIONS(`...').
bool is_ours(const std::string& statement, const MtaSettings& settings) {
  std::string arguments = statement.substr(statement.find('(') + 1);
  arguments = arguments.substr(0, arguments.rfind(')'));
  std::erase_if(arguments, [](char c) { return c == '`' || c == '\'' || c == '\n'; });
  const auto services = parse_sendmail_services("O DaemonPortOptions=" + arguments + "\n");
  return std::ranges::any_of(services, [&](const MtaService& service) {
    return std::ranges::any_of(settings.listeners, [&](const ListenerDelivery& delivery) {
      return is_same_service(delivery, service);
    });
  });
}

// How many lines the call that starts in `at` has; 1 if nothing closes it before our block.
std::size_t call_length(const std::vector<std::string>& lines, std::size_t at) {
  for (std::size_t last = at; last < lines.size() && lines[last] != kBegin; ++last) {
    if (lines[last].find(')') != std::string::npos) return last - at + 1;
  }
  return 1;
}

bool says_what_we_say(const std::string& call, const MtaSettings& settings) {
  if (call.find(')') == std::string::npos) return false;
  if (starts(call, "DAEMON_OPTIONS(")) return is_ours(call, settings);
  return starts(call, "INPUT_MAIL_FILTER(`portcullis'");
}

std::vector<std::string> as_it_was(std::string_view text) {
  std::vector<std::string> lines = lines_of(text);
  for (std::string& line : lines) {
    if (line.starts_with(kTakenAway)) line.erase(0, kTakenAway.size());
  }
  return lines;
}

}  // namespace

std::string without_what_we_say(std::string_view text, const MtaSettings& settings) {
  std::vector<std::string> lines = as_it_was(text);
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t length =
        starts(lines[at], "DAEMON_OPTIONS(") || starts(lines[at], "INPUT_MAIL_FILTER(")
            ? call_length(lines, at)
            : 1;
    std::string call;
    for (std::size_t i = at; i < at + length; ++i) call += lines[i] + '\n';
    if (says_what_we_say(call, settings)) {
      for (std::size_t i = at; i < at + length; ++i) lines[i].insert(0, kTakenAway);
    }
    at += length;
  }
  return joined(lines);
}

std::string with_include(std::string_view text, std::string_view file, bool default_daemon) {
  std::vector<std::string> lines = lines_of(text);
  const auto begin = std::ranges::find(lines, kBegin);
  if (begin != lines.end()) {
    const auto end = std::find(begin, lines.end(), kEnd);
    if (end != lines.end()) lines.erase(begin, end + 1);
  }
  const auto mailer =
      std::ranges::find_if(lines, [](const std::string& line) { return starts(line, "MAILER"); });
  std::vector<std::string> block = {std::string(kBegin)};
  if (default_daemon) block.emplace_back("DAEMON_OPTIONS(`Name=MTA')dnl");
  block.push_back(fmt::format("include(`{}')dnl", file));
  block.emplace_back(kEnd);
  lines.insert(mailer, block.begin(), block.end());
  return joined(lines);
}

bool names_daemons(std::string_view text) {
  bool in_block = false;
  return std::ranges::any_of(as_it_was(text), [&](const std::string& line) {
    if (line == kBegin || line == kEnd) in_block = line == kBegin;
    return !in_block && starts(line, "DAEMON_OPTIONS(");
  });
}

std::vector<std::string> taken_away(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with(kTakenAway)) lines.push_back(line.substr(kTakenAway.size()));
  }
  return lines;
}

bool has_include(std::string_view text) {
  return std::ranges::count(lines_of(text), kBegin) != 0;
}

std::vector<std::string> included_files(std::string_view text) {
  constexpr std::string_view kCall = "include(`";
  std::vector<std::string> files;
  for (const std::string& line : lines_of(text)) {
    const std::string_view call = trimmed_left(line);
    const std::size_t end = call.find('\'');
    if (!call.starts_with(kCall) || end == std::string_view::npos) continue;
    const std::string file(call.substr(kCall.size(), end - kCall.size()));
    if (file.starts_with('/')) files.push_back(file);
  }
  return files;
}

}  // namespace portcullis::sendmail
