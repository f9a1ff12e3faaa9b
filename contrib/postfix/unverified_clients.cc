// [mta] unverified_clients: those whose address has no name that leads back to it.

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {

void plan_unverified_clients(const PlanDraft& draft) {
  const auto& written = draft.policy.server.unverified_clients;
  if (!written) return;
  const auto& [clients, line] = *written;
  // Without a reverse name that leads back; while DNS is away Postfix always answers 450.
  if (clients == UnverifiedClients::accept) {
    const AppliedCell* const applied =
        draft.facts.applied.find({"main.cf", "smtpd_client_restrictions"});
    const std::string others = applied != nullptr
                                   ? applied->before.value_or("")
                                   : draft.facts.setting("smtpd_client_restrictions");
    if (others.find("reject_unknown_client_hostname") == std::string::npos) return;
    plan_list(draft, {"smtpd_client_restrictions", "", false}, line,
              [](std::string_view item, std::string_view) {
                return item == "reject_unknown_client_hostname";
              });
    return;
  }
  const std::string alone =
      "permit_mynetworks, permit_sasl_authenticated, reject_unknown_client_hostname";
  plan_list(draft, {"smtpd_client_restrictions", "reject_unknown_client_hostname", false, alone},
            line, is_same_item);
  draft.set("unknown_client_reject_code", clients == UnverifiedClients::reject ? "550" : "450",
            line);
}

}  // namespace portcullis
