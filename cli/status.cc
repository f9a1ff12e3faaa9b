#include "cli/status.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/control_client.h"

namespace portcullis {
namespace {

constexpr std::chrono::seconds kPatience{10};

// A value of the daemon's object, for a reader: "-" if this daemon does not send it.
std::string value_text(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return "-";
  if (found->is_string()) return shown(found->get<std::string>());
  return shown(found->dump(-1, ' ', true, Json::error_handler_t::replace));
}

const Json& object_at(const Json& json, const std::string& key) {
  static const Json empty = Json::object();
  const auto found = json.find(key);
  return found != json.end() && found->is_object() ? *found : empty;
}

// "1d 2h", "5m 7s": the two largest units.
std::string duration_text(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{}h {}m", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{}d {}h", seconds / 86400, seconds % 86400 / 3600);
}

std::string age_text(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_integer()) return "-";
  return duration_text(found->get<std::int64_t>());
}

void add_row(std::string& out, std::string_view label, std::string_view text) {
  out += fmt::format("{:<12}{}\n", label, text);
}

std::string joined_counts(const Json& counts, const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) {
    if (!text.empty()) text += ", ";
    std::string words = key;
    std::ranges::replace(words, '_', '-');
    text += value_text(counts, key) + ' ' + words;
  }
  return text;
}

void add_gauges(std::string& out, std::string_view title, const Json& gauges,
                std::string_view second) {
  std::size_t width = title.size();
  for (const auto& gauge : gauges.items()) width = std::max(width, shown(gauge.key()).size());
  out += fmt::format("\n{:<{}}  {:>11}  {:>10}", title, width, "CONNECTIONS", second);
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
  for (const auto& [name, gauge] : gauges.items()) {
    out += fmt::format("{:<{}}  {:>11}", shown(name), width, value_text(gauge, "connections"));
    if (!second.empty()) out += fmt::format("  {:>10}", value_text(gauge, "entries"));
    out += '\n';
  }
}

// What went wrong is shown only when there was any.
void add_troubles(std::string& out, const Json& json) {
  static const std::vector<std::pair<std::string, std::string>> kTroubles = {
      {"internal_errors", "internal errors"},
      {"refused_over_max_sessions", "refused beyond max_sessions"},
      {"refused_draining", "refused while stopping"},
      {"no_session", "answered without a session"},
      {"log_dropped", "log lines dropped"}};
  for (const auto& [key, words] : kTroubles) {
    const auto found = json.find(key);
    if (found == json.end() || *found == 0) continue;
    add_row(out, "trouble", value_text(json, key) + ' ' + words);
  }
}

std::string to_text(const Json& json) {
  std::string out;
  add_row(out, "daemon",
          fmt::format("version {}, process {}, up {}{}", value_text(json, "version"),
                      value_text(json, "pid"), age_text(json, "uptime_seconds"),
                      json.value("draining", Json(false)) == true ? ", stopping" : ""));
  add_row(out, "policy",
          fmt::format("{}, generation {}, loaded {} ago, {} entries", value_text(json, "policy"),
                      value_text(json, "generation"), age_text(json, "age_seconds"),
                      value_text(json, "entries")));
  add_row(out, "reloads", joined_counts(object_at(json, "reloads"), {"ok", "failed"}));
  add_row(out, "sessions",
          fmt::format("{} of at most {}", value_text(json, "sessions"),
                      value_text(json, "max_sessions")));
  add_row(out, "counted",
          fmt::format("{} connections of {} client networks", value_text(json, "counted"),
                      value_text(json, "client_networks")));
  add_row(out, "verdicts",
          joined_counts(object_at(json, "verdicts"),
                        {"continue", "tempfail", "reject", "would_tempfail", "would_reject"}));
  add_troubles(out, json);
  add_gauges(out, "LISTENER", object_at(json, "listeners"), "");
  add_gauges(out, "CLASS", object_at(json, "classes"), "ENTRIES");
  return out;
}

Report status(const CommonOptions& options) {
  const auto json = ask_daemon_of(options.policy_file, "status", kPatience);
  if (!json) return json.error();
  return {ExitCode::ok, options.json ? json_text(*json) : to_text(*json), {}};
}

}  // namespace

void add_status(Commands& commands) {
  commands.add("status", "Say what the running daemon does", status);
}

}  // namespace portcullis
