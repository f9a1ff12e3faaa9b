#include "contrib/postfix/master_entry.h"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "host/mta_service.h"

namespace portcullis {
namespace {

// "smtp/inet/chroot = y"; a service of type unix may have slashes in its name.
struct EntryLine {
  std::string service;
  std::string type;
  std::string name;
  std::string value;
};

std::optional<EntryLine> parse_line(const std::string& line) {
  const std::size_t equals = line.find(" =");
  if (equals == std::string::npos) return {};
  const std::string path = line.substr(0, equals);
  const std::size_t name = path.rfind('/');
  const std::size_t type = name == 0 ? std::string::npos : path.rfind('/', name - 1);
  if (name == std::string::npos || type == std::string::npos) return {};
  const std::size_t value = std::min(line.size(), equals + 3);
  return EntryLine{path.substr(0, type), path.substr(type + 1, name - type - 1),
                   path.substr(name + 1), line.substr(value)};
}

// The end of the argument at `start`: blanks within braces are part of it.
std::size_t argument_end(const std::string& command, std::size_t start) {
  int depth = 0;
  std::size_t end = start;
  for (; end < command.size() && (depth > 0 || command[end] != ' '); ++end) {
    if (command[end] == '{') ++depth;
    if (command[end] == '}' && depth > 0) --depth;
  }
  return end;
}

// The program and its arguments but -o NAME=VALUE: those come by `postconf -P`.
std::string without_overrides(const std::string& command) {
  std::string rest;
  bool value_follows = false;
  for (std::size_t at = 0; at < command.size();) {
    const std::size_t end = argument_end(command, at);
    const std::string argument = command.substr(at, end - at);
    if (!value_follows && argument != "-o") rest += (rest.empty() ? "" : " ") + argument;
    value_follows = !value_follows && argument == "-o";
    at = std::min(command.find_first_not_of(' ', end), command.size());
  }
  return rest;
}

void set_field(MasterEntry& entry, const EntryLine& line) {
  const std::map<std::string, std::string*> fields = {{"private", &entry.private_field},
                                                      {"unprivileged", &entry.unprivileged},
                                                      {"chroot", &entry.chroot},
                                                      {"wakeup", &entry.wakeup},
                                                      {kProcessLimit, &entry.process_limit}};
  if (const auto field = fields.find(line.name); field != fields.end()) {
    *field->second = line.value;
  } else if (line.name == "command") {
    entry.command = without_overrides(line.value);
  }
}

std::string option(const std::pair<std::string, std::string>& setting) {
  const auto& [name, value] = setting;
  const bool plain = value.find_first_of(" \t") == std::string::npos;
  return plain ? fmt::format(" -o {}={}", name, value)
               : fmt::format(" -o {{ {} = {} }}", name, value);
}

bool is_wildcard(const ListenPlace& place) {
  if (place.address) return place.address->bits() == 0;
  return place.host.empty();
}

}  // namespace

std::string MasterEntry::to_line() const {
  std::string line = fmt::format("{} {} {} {} {} {} {} {}", service, type, private_field,
                                 unprivileged, chroot, wakeup, process_limit, command);
  for (const auto& setting : overrides) line += option(setting);
  return line;
}

std::optional<std::string> MasterEntry::find_override(const std::string& name) const {
  const auto found =
      std::ranges::find(overrides, name, &std::pair<std::string, std::string>::first);
  return found == overrides.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> MasterEntry::find(const std::string& name) const {
  return name == kProcessLimit ? std::optional(process_limit) : find_override(name);
}

void MasterEntry::set(const std::string& name, const std::optional<std::string>& value) {
  if (name == kProcessLimit) {
    process_limit = value.value_or("-");
    return;
  }
  const auto there =
      std::ranges::find(overrides, name, &std::pair<std::string, std::string>::first);
  if (there == overrides.end()) {
    if (value) overrides.emplace_back(name, *value);
  } else if (value) {
    there->second = *value;
  } else {
    overrides.erase(there);
  }
}

std::vector<MasterEntry> parse_master_entries(const std::string& fields,
                                              const std::string& overrides) {
  std::vector<MasterEntry> entries;
  std::istringstream field_lines(fields);
  for (std::string text; std::getline(field_lines, text);) {
    const auto line = parse_line(text);
    if (!line) continue;
    // Every entry starts with its field `service`; two entries may have the same name.
    if (line->name == "service") entries.push_back({line->service, line->type});
    if (!entries.empty()) set_field(entries.back(), *line);
  }
  std::istringstream override_lines(overrides);
  for (std::string text; std::getline(override_lines, text);) {
    const auto line = parse_line(text);
    if (!line) continue;
    const auto entry = std::ranges::find_if(entries, [&](const MasterEntry& e) {
      return e.service == line->service && e.type == line->type;
    });
    if (entry != entries.end()) entry->overrides.emplace_back(line->name, line->value);
  }
  return entries;
}

std::optional<ListenPlace> listen_place(const MasterEntry& entry) {
  if (entry.type != "inet") return {};
  const std::size_t colon = entry.service.rfind(':');
  const auto port = port_number(entry.service.substr(colon == std::string::npos ? 0 : colon + 1));
  if (!port) return {};
  ListenPlace place;
  place.port = *port;
  if (colon == std::string::npos) return place;
  std::string host = entry.service.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (const auto address = IpAddress::parse(host)) {
    place.address = *address;
  } else {
    place.host = host;
  }
  return place;
}

bool clash(const ListenPlace& a, const ListenPlace& b) {
  if (a.port != b.port) return false;
  if (is_wildcard(a) || is_wildcard(b)) return true;
  // A name that resolves to loopback, as Debian's sample has it.
  const auto loopback = [](const ListenPlace& name, const ListenPlace& other) {
    return name.host == "localhost" && other.address &&
           (other.address->to_string() == "127.0.0.1" || other.address->to_string() == "::1");
  };
  return a == b || loopback(a, b) || loopback(b, a);
}

}  // namespace portcullis
