// [mta] unverified_clients: those whose address has no name that leads back to it.

#include <algorithm>

#include "contrib/postfix/original_state.h"
#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

constexpr const char* kRestrictions = "smtpd_client_restrictions";
constexpr const char* kCheck = "reject_unknown_client_hostname";

bool is_check(std::string_view item) {
  return item == kCheck || item == "reject_unknown_client";  // as it was called before 2.3
}

// Whether somebody else asks for it.
bool others_check(const PostfixFacts& facts) {
  const auto now = facts.settings.find(kRestrictions);
  const auto others = value_without_us(
      {kMainCf, kRestrictions},
      now == facts.settings.end() ? std::nullopt : std::optional(now->second), facts.applied);
  return std::ranges::any_of(split_items(others.value_or("")), is_check);
}

}  // namespace

void plan_unverified_clients(const PlanDraft& draft) {
  const auto& written = draft.policy.server.unverified_clients;
  if (!written) return;
  const auto& [clients, line] = *written;
  // Without a reverse name that leads back; while DNS is away Postfix always answers 450.
  if (clients == UnverifiedClients::accept) {
    if (!others_check(draft.facts)) return;
    plan_list(draft, {kRestrictions, "", false}, line,
              [](std::string_view item, std::string_view) { return is_check(item); });
    return;
  }
  const std::string alone = std::string("permit_mynetworks, permit_sasl_authenticated, ") + kCheck;
  plan_list(draft, {kRestrictions, kCheck, false, alone}, line, is_same_item);
  draft.set("unknown_client_reject_code", clients == UnverifiedClients::reject ? "550" : "450",
            line);
}

}  // namespace portcullis
