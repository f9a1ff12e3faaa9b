// Services of others that listen wherever inet_interfaces says.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

bool is_ours(const PostfixPlan& plan, const std::string& name) {
  return std::ranges::find(plan.removed_services, name) != plan.removed_services.end() ||
         std::ranges::any_of(plan.services, [&](const PlannedService& service) {
           return service.entry.name() == name;
         });
}

}  // namespace

void check_widened_services(const PlanDraft& draft) {
  constexpr const char* kName = "inet_interfaces";
  const auto planned = std::ranges::find(draft.plan.settings, kName, &PlannedSetting::name);
  const std::string now = draft.facts.setting(kName, "all");
  if (planned == draft.plan.settings.end() || now == planned->value) return;
  std::vector<std::string> widened;
  for (const MasterEntry& entry : draft.facts.services) {
    const bool everywhere = entry.type == "inet" && entry.service.find(':') == std::string::npos;
    if (everywhere && !is_ours(draft.plan, entry.name())) widened.push_back(entry.name());
  }
  if (widened.empty()) return;
  draft.warning(
      planned->line, fmt::format("{} = {}", kName, planned->value),
      fmt::format("instead of {} lets other services of master.cf listen on every address, too: {}",
                  now, join_items(widened, ", ")),
      "give them their address in master.cf, such as 127.0.0.1:PORT, or the listener its own",
      "widened-service");
}

}  // namespace portcullis
