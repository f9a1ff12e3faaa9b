#include "cli/reload.h"

#include <chrono>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "cli/control_client.h"

namespace portcullis {
namespace {

// A million networks load in seconds; a busy machine and a queue of other reloads may make it more.
constexpr std::chrono::minutes kPatience{5};

std::vector<std::string> strings_at(const Json& json, const std::string& key) {
  std::vector<std::string> strings;
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return strings;
  for (const Json& item : *found) {
    if (item.is_string()) strings.push_back(item.get<std::string>());
  }
  return strings;
}

// Each line by itself: a line end is all that may reach the terminal of what is not printable.
std::string shown_lines(const std::vector<std::string>& texts) {
  std::string out;
  for (std::string_view rest : texts) {
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      out += shown(rest.substr(0, end)) + '\n';
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return out;
}

std::string restart_text(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) {
    text += fmt::format("{} has changed in [daemon]: restart needed, the old value holds\n",
                        shown(key));
  }
  return text;
}

Report reload(const CommonOptions& options, bool force) {
  const auto answer = ask_for_reload(options.policy_file, force);
  if (!answer) return answer.error();
  Report report = reload_report(*answer);
  if (options.json) return {report.code, json_text(*answer), {}};
  return report;
}

}  // namespace

Found<Json> ask_for_reload(const std::string& policy_file, bool force) {
  return ask_daemon_of(policy_file, force ? "reload force" : "reload", kPatience);
}

Report reload_report(const Json& answer) {
  const bool ok = answer.value("ok", Json(false)) == true;
  const ExitCode code = ok ? ExitCode::ok : ExitCode::bad_policy;
  const std::string generation = answer.value("generation", Json(0)).dump();
  const std::string diagnostics = shown_lines(strings_at(answer, "diagnostics"));
  if (!ok) {
    return {code,
            {},
            diagnostics + fmt::format("portcullis: the reload was refused; policy "
                                      "generation {} is still in force\n",
                                      shown(generation))};
  }
  return {code, fmt::format("policy generation {} is in force\n", shown(generation)),
          diagnostics + restart_text(strings_at(answer, "restart_needed"))};
}

void add_reload(Commands& commands) {
  const auto force = std::make_shared<bool>(false);
  commands
      .add("reload", "Make the daemon read its policy again",
           [force](const CommonOptions& options) { return reload(options, *force); })
      .add_flag("--force", *force, "Also if a list has lost most of its entries");
}

}  // namespace portcullis
