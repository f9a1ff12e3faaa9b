// Domains that are to go on to another host, and that Postfix takes for its own.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

// A class of domains, and the recipients in them; without a list of those all are taken.
struct OwnDomains {
  const char* domains;
  const char* recipients;
};

constexpr std::array<OwnDomains, 3> kOwn = {{{"mydestination", "local_recipient_maps"},
                                             {"virtual_mailbox_domains", "virtual_mailbox_maps"},
                                             {"virtual_alias_domains", nullptr}}};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

void check(const PlanDraft& draft, const OwnDomains& own) {
  if (own.recipients != nullptr && draft.facts.value(own.recipients).empty()) return;
  std::vector<std::string> names = split_items(draft.facts.value(own.domains));
  std::ranges::transform(names, names.begin(), lower);
  for (const Route& route : draft.policy.routes) {
    for (const auto& [domain, line] : route.domains) {
      if (std::ranges::find(names, domain) == names.end()) continue;
      draft.error(line, domain,
                  fmt::format("stands in {} of main.cf as well: Postfix refuses all recipients "
                              "there that it does not know itself",
                              own.domains),
                  fmt::format("take it out of {}, or out of [route {}]", own.domains, route.name),
                  "own-domain");
    }
  }
}

}  // namespace

// Names that stand in a map are not looked for.
void check_routed_domains(const PlanDraft& draft) {
  for (const OwnDomains& own : kOwn) check(draft, own);
}

}  // namespace portcullis
