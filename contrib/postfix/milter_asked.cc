// What keeps a service from asking the milter, although smtpd_milters names it.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

// A value that holds for a service, and where it stands.
struct Effective {
  std::string value;
  std::string where;
};

Effective effective(const PlanDraft& draft, const PlannedService& service, const char* name) {
  if (const auto own = service.entry.find_override(name)) {
    return {*own, fmt::format("the options of {} in master.cf", service.entry.name())};
  }
  return {draft.facts.value(name), "main.cf"};
}

void check_overrides(const PlanDraft& draft, const PlannedService& service) {
  constexpr const char* kName = "receive_override_options";
  const auto [value, where] = effective(draft, service, kName);
  const auto items = split_items(value);
  if (std::ranges::find(items, "no_milters") == items.end()) return;
  draft.error(service.line, fmt::format("{} = {}", kName, value),
              fmt::format("in {} keeps {} from asking any milter: every client would get in", where,
                          service.entry.name()),
              fmt::format("take no_milters out of {} there", kName), "milters-off");
}

void check_maps(const PlanDraft& draft, const PlannedService& service) {
  constexpr const char* kName = "smtpd_milter_maps";
  const auto [value, where] = effective(draft, service, kName);
  const auto items = split_items(value);
  if (items.empty()) return;
  const std::string culprit = fmt::format("{} = {}", kName, value);
  const std::string repair = fmt::format("take {} out of {}", kName, where);
  // It has an answer for everyone.
  const bool is_for_all = std::ranges::any_of(
      items, [](const std::string& item) { return item.starts_with("static:"); });
  if (is_for_all) {
    draft.error(service.line, culprit,
                fmt::format("in {} says for all clients of {} which milters are asked, and "
                            "smtpd_milters for none",
                            where, service.entry.name()),
                repair, "milters-off");
  } else {
    draft.warning(service.line, culprit,
                  fmt::format("in {} says which milters are asked for the clients that it names: "
                              "Portcullis may not hear of them",
                              where),
                  repair, "milters-by-client");
  }
}

}  // namespace

void check_milter_is_asked(const PlanDraft& draft) {
  for (const PlannedService& service : draft.plan.services) {
    check_overrides(draft, service);
    check_maps(draft, service);
  }
}

}  // namespace portcullis
