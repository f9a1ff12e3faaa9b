#include "cli/reload.h"

#include <chrono>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/control_client.h"
#include "cli/difference_text.h"
#include "cli/json_access.h"

namespace portcullis {
namespace {

// A million networks load in seconds; a busy machine and a queue of other reloads may make it more.
constexpr std::chrono::minutes kPatience{5};

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

// What a daemon would do; nothing is changed.
Report dry_run(const CommonOptions& options, bool force) {
  const auto json = ask_daemon_of(options.policy_file, "diff", kPatience);
  if (!json) return json.error();
  const bool needs_force = json->value("needs_force", Json(false)) == true;
  const bool taken = json->value("ok", Json(false)) == true || (force && needs_force);
  const ExitCode code = taken ? ExitCode::ok : ExitCode::bad_policy;
  if (options.json) return {code, json_text(*json), {}};
  std::string difference = difference_text(object_at(*json, "difference"), {});
  if (difference.empty() && taken) difference = "a reload would change nothing\n";
  std::string errors = shown_lines(strings_at(*json, "diagnostics")) +
                       restart_text(strings_at(*json, "restart_needed"));
  if (!taken) {
    errors += fmt::format("portcullis: a reload would be refused{}\n",
                          needs_force ? "; with --force it would change what is said above" : "");
  }
  return {code, std::move(difference), std::move(errors)};
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
  struct Arguments {
    bool force = false;
    bool dry_run = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  Command& command = commands.add("reload", "Make the daemon read its policy again",
                                  [arguments](const CommonOptions& options) {
                                    return arguments->dry_run ? dry_run(options, arguments->force)
                                                              : reload(options, arguments->force);
                                  });
  command.add_flag("--force", arguments->force, "Also if a list has lost most of its entries");
  command.add_flag("--dry-run", arguments->dry_run, "Only say what it would change");
}

}  // namespace portcullis
