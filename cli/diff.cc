#include "cli/diff.h"

#include <limits>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/difference_text.h"
#include "cli/policy_source.h"
#include "cli/time_argument.h"
#include "config/difference_json.h"

namespace portcullis {
namespace {

struct DiffArguments {
  std::string before;
  std::string after;
  std::optional<std::string> at;
  std::string limit = "1000";
  bool all = false;
};

Found<std::size_t> limit_of(const std::string& text) {
  if (text == "all") return std::numeric_limits<std::size_t>::max();
  constexpr std::size_t kMaxDigits = 9;
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (digits && text.size() <= kMaxDigits && std::stoul(text) > 0) return std::stoul(text);
  return tl::unexpected(
      failure(ExitCode::bad_data,
              fmt::format("the limit \"{}\" is none; write a number from 1 on, or all", text)));
}

Report diff(const CommonOptions& options, const DiffArguments& arguments) {
  const auto at = time_asked_for(arguments.at);
  if (!at) return at.error();
  const auto limit = limit_of(arguments.limit);
  if (!limit) return limit.error();
  const auto before = open_policy(arguments.before);
  if (!before) return before.error();
  const auto after = open_policy(arguments.after);
  if (!after) return after.error();
  const PolicyDifference difference =
      compare_policies(*before->policy, *after->policy, {*at, *limit});
  const ExitCode code = difference.empty() ? ExitCode::ok : ExitCode::differs;
  const Json json = difference_json(difference);
  return {code, options.json ? json_text(json) : difference_text(json, {arguments.all}), {}};
}

}  // namespace

void add_diff(Commands& commands) {
  const auto arguments = std::make_shared<DiffArguments>();
  Command& command =
      commands.add("diff", "Say exactly which clients two policies treat differently",
                   [arguments](const CommonOptions& options) { return diff(options, *arguments); });
  command.add_option("OLD", arguments->before, "Policy file from before")
      ->required()
      ->type_name("");
  command.add_option("NEW", arguments->after, "Policy file to compare it with")
      ->required()
      ->type_name("");
  command.add_option("--at", arguments->at, "When the clients come, as 2027-01-31T00:00:00Z")
      ->type_name("TIME");
  command.add_flag("--all", arguments->all,
                   "Also list who only gets another class or other limits");
  command
      .add_option("--limit", arguments->limit, "Networks and names to list of each change, or all")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace portcullis
