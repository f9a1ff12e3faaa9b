#include "contrib/postfix/plan_draft.h"

#include <fmt/format.h>

#include "contrib/postfix/postfix_text.h"
#include "policy/printable.h"

namespace portcullis {
namespace {

constexpr std::size_t kLongestPath = 300;

}  // namespace

std::string PlanDraft::path_item(const Written<std::string>& path, std::string_view option) const {
  if (is_plain_item(path.value)) return literal(path.value);
  error(path.line, fmt::format("{} = {}", option, path.value),
        "has a blank, a comma, a quote or a brace, or is not ASCII, which Postfix does not take in "
        "a list of files",
        "give the file another name", "unusable-path");
  return {};
}

std::optional<std::string> PlanDraft::in_queue_directory(const std::string& path,
                                                         Below form) const {
  const std::string below = facts.queue_directory + '/';
  if (!path.starts_with(below) || path.find("/../") != std::string::npos) return {};
  return path.substr(form == Below::relative ? below.size() : below.size() - 1);
}

std::string origin_comment(const MtaSettings& policy, std::uint32_t line) {
  const std::string file = printable(policy.policy_file, kLongestPath);
  return line == 0 ? "# by default\n" : fmt::format("# {}:{}\n", file, line);
}

PostfixPlan make_postfix_plan(const MtaSettings& settings, const PostfixFacts& facts) {
  PostfixPlan plan;
  const PlanDraft draft{settings, facts, plan};
  plan_server(draft);
  plan_services(draft);
  plan_milter(draft);
  plan_unverified_clients(draft);
  plan_outgoing(draft);
  plan_routes(draft);
  plan_authentication(draft);
  check_milter_is_asked(draft);
  check_widened_services(draft);
  check_routed_domains(draft);
  return plan;
}

}  // namespace portcullis
