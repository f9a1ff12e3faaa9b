// [mta]: what holds for the whole mail server.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"
#include "contrib/postfix/tls_profile.h"

namespace portcullis {
namespace {

void plan_banner(const PlanDraft& draft) {
  const auto& banner = draft.policy.server.banner;
  if (!banner) return;
  if (banner->value.find_first_of("{}") != std::string::npos) {
    draft.error(banner->line, "banner = " + banner->value,
                "has a brace, which Postfix takes for one of its own", "leave the braces out",
                "unusable-banner");
    return;
  }
  // RFC 5321 section 4.2: the host name comes first.
  draft.set("smtpd_banner", "$myhostname " + literal(banner->value), banner->line);
}

// A mailbox that is smaller than a message makes local(8) and virtual(8) refuse to start.
void plan_message_size(const PlanDraft& draft) {
  const auto& size = draft.policy.server.max_message_size;
  if (!size) return;
  draft.set("message_size_limit", fmt::format("{}", size->value), size->line);
  for (const char* name : {"mailbox_size_limit", "virtual_mailbox_limit"}) {
    const CellName cell{"main.cf", name};
    const AppliedCell* const applied = draft.facts.applied.find(cell);
    // What it was before an earlier message size of ours.
    const std::string limit = applied == nullptr ? draft.facts.setting(name, "51200000")
                                                 : applied->before.value_or("51200000");
    const bool is_number = !limit.empty() && limit.size() < 12 &&
                           limit.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || std::stoull(limit) == 0 || std::stoull(limit) >= size->value) continue;
    draft.set(name, fmt::format("{}", size->value), size->line);
  }
}

void plan_tls_profile(const PlanDraft& draft) {
  const auto& written = draft.policy.server.tls_profile;
  if (!written) return;
  const PostfixTlsProfile profile = postfix_tls_profile(written->value);
  const std::string protocols(draft.facts.version >= since::kLeastProtocol ? profile.protocols
                                                                           : profile.old_protocols);
  draft.set("smtpd_tls_protocols", protocols, written->line);
  draft.set("smtpd_tls_mandatory_protocols", protocols, written->line);
  if (profile.ciphers.empty()) return;
  draft.set("smtpd_tls_ciphers", "high", written->line);
  draft.set("smtpd_tls_mandatory_ciphers", "high", written->line);
  draft.set("tls_high_cipherlist", std::string(profile.ciphers), written->line);
}

void plan_interfaces(const PlanDraft& draft) {
  using enum ListenAddresses::Kind;
  for (const ListenerDelivery& l : draft.policy.listeners) {
    if (l.listener.addresses.kind != all) continue;
    draft.set("inet_interfaces", "all", l.place.line_of("address"));
    break;
  }
  for (const ListenerDelivery& l : draft.policy.listeners) {
    const ListenAddresses& addresses = l.listener.addresses;
    const bool ipv6 =
        (addresses.kind == loopback && draft.facts.ipv6_loopback) ||
        std::ranges::any_of(addresses.chosen, [](IpAddress address) { return !address.is_ipv4(); });
    if (!ipv6) continue;
    draft.set("inet_protocols", "all", l.place.line_of("address"));
    break;
  }
}

}  // namespace

void plan_server(const PlanDraft& draft) {
  const ServerSettings& server = draft.policy.server;
  if (server.host_name) draft.set("myhostname", server.host_name->value, server.host_name->line);
  plan_interfaces(draft);
  plan_banner(draft);
  if (server.vrfy) {
    draft.set("disable_vrfy_command", server.vrfy->value ? "no" : "yes", server.vrfy->line);
  }
  if (server.max_recipients) {
    draft.set("smtpd_recipient_limit", fmt::format("{}", server.max_recipients->value),
              server.max_recipients->line);
  }
  plan_message_size(draft);
  plan_tls_profile(draft);
}

}  // namespace portcullis
