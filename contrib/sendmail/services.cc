#include "contrib/sendmail/services.h"

#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

namespace portcullis {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return std::string(text.substr(start, text.find_last_not_of(kBlanks) - start + 1));
}

struct Options {
  std::vector<std::string> daemons;  // DaemonPortOptions
  std::string max_children;
  std::string milters;
};

// "O Name=value" lines; lines that start with a blank continue the one before.
Options parse_options(const std::string& text) {
  Options options;
  std::istringstream lines(text);
  std::string* last = nullptr;
  for (std::string line; std::getline(lines, line);) {
    if (last != nullptr && (line.starts_with(' ') || line.starts_with('\t'))) {
      *last += trimmed(line);
      continue;
    }
    last = nullptr;
    const std::size_t equals = line.find('=');
    if (!line.starts_with("O ") || equals == std::string::npos) continue;
    const std::string name = trimmed(std::string_view(line).substr(1, equals - 1));
    const std::string value = trimmed(std::string_view(line).substr(equals + 1));
    if (name == "DaemonPortOptions") {
      last = &options.daemons.emplace_back(value);
    } else if (name == "MaxDaemonChildren") {
      options.max_children = value;
    } else if (name == "InputMailFilters") {
      *(last = &options.milters) = value;
    }
  }
  return options;
}

std::optional<MtaLimit> limit(const char* setting, const std::string& text) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || value == 0) return {};
  return MtaLimit{setting, value};
}

std::optional<IpAddress> configured_address(std::string_view text) {
  if (text.starts_with("IPv6:")) text.remove_prefix(5);
  const auto address = IpAddress::parse(text);
  if (!address || address->bits() == 0) return {};
  return *address;
}

void apply_key(MtaService& service, char key, const std::string& value) {
  switch (key) {
    case 'N':
      service.daemon_name = value;
      break;
    case 'P':
      service.port = port_number(value).value_or(0);
      break;
    case 'A':
      service.address = configured_address(value);
      break;
    case 'I':
      service.asks_milter = !value.empty();
      break;
    case 'c':
      service.max_connections = limit("children in DaemonPortOptions", value);
      break;
    default:  // Family, Modifiers, Listen...: nothing that a listener of ours is told by
      break;
  }
}

MtaService make_service(const std::string& daemon, const Options& options) {
  MtaService service;
  service.mta = Mta::sendmail;
  service.port = 25;
  service.asks_milter = !options.milters.empty();
  service.max_connections = limit("MaxDaemonChildren", options.max_children);
  std::istringstream parts(daemon);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t equals = part.find('=');
    const std::string key = trimmed(std::string_view(part).substr(0, equals));
    if (equals == std::string::npos || key.empty()) continue;
    apply_key(service, key.front(), trimmed(std::string_view(part).substr(equals + 1)));
  }
  service.where =
      "Sendmail daemon " + (service.daemon_name.empty() ? "on port " + std::to_string(service.port)
                                                        : service.daemon_name);
  return service;
}

}  // namespace

std::vector<MtaService> parse_sendmail_services(const std::string& sendmail_cf) {
  Options options = parse_options(sendmail_cf);
  if (options.daemons.empty()) options.daemons.emplace_back();
  std::vector<MtaService> services;
  for (const std::string& daemon : options.daemons) {
    MtaService service = make_service(daemon, options);
    if (service.port != 0) services.push_back(std::move(service));
  }
  return services;
}

std::optional<std::vector<MtaService>> read_sendmail_services(const std::string& path) {
  std::ifstream in(path);
  if (!in) return {};
  std::ostringstream text;
  text << in.rdbuf();
  return parse_sendmail_services(text.str());
}

}  // namespace portcullis
