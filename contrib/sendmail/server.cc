// What holds for all daemons: host name, banner, VRFY, recipients, size, and time.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"

namespace portcullis::sendmail {
namespace {

// Sendmail puts ESMTP behind the host name by itself.
std::string_view without_esmtp(std::string_view banner) {
  constexpr std::string_view kWord = "ESMTP";
  if (banner.starts_with(kWord)) banner.remove_prefix(kWord.size());
  return banner.substr(std::min(banner.find_first_not_of(' '), banner.size()));
}

void draft_banner(Draft& draft) {
  const auto& banner = draft.settings.server.banner;
  if (!banner) return;
  if (!survives_m4(banner->value)) {
    draft.error(banner->line, banner->value, "has a quote, which m4 takes for one of its own",
                "leave ` and ' out", "unusable-banner");
    return;
  }
  const std::string_view text = without_esmtp(banner->value);
  draft.define("confSMTP_LOGIN_MSG", text.empty() ? "$j" : "$j " + cf_literal(text), banner->line);
}

void draft_vrfy(Draft& draft) {
  const auto& vrfy = draft.settings.server.vrfy;
  if (!vrfy) return;
  // EXPN tells even more than VRFY does.
  draft.add("confPRIVACY_FLAGS",
            vrfy->value
                ? "define(`confPRIVACY_FLAGS', patsubst(defn(`confPRIVACY_FLAGS'), "
                  "`,?\\(goaway\\|novrfy\\|noexpn\\)', `'))dnl"
                : "define(`confPRIVACY_FLAGS', defn(`confPRIVACY_FLAGS')`,novrfy,noexpn')dnl",
            vrfy->line);
}

// Sendmail has one time for all daemons: the longest of them cuts nobody off too early.
void draft_idle_time(Draft& draft) {
  IfWritten<std::chrono::seconds> longest;
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    if (!delivery.idle_timeout) continue;
    if (!longest || longest->value < delivery.idle_timeout->value) longest = delivery.idle_timeout;
  }
  if (!longest) return;
  const std::string time = fmt::format("{}s", longest->value.count());
  for (const char* macro : {"confTO_COMMAND", "confTO_DATABLOCK"}) {
    draft.define(macro, time, longest->line);
  }
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    const auto& wanted = delivery.idle_timeout;
    if (wanted && wanted->value == longest->value) continue;
    draft.warning(wanted ? wanted->line : delivery.place.line,
                  fmt::format("[listener {}]", delivery.listener.name),
                  fmt::format("gets the idle_timeout of line {}: Sendmail has one for all its "
                              "daemons, and takes the longest",
                              longest->line),
                  fmt::format("write idle_timeout = {} in every listener", time), "server-wide");
  }
}

}  // namespace

void draft_server(Draft& draft) {
  const ServerSettings& server = draft.settings.server;
  if (server.host_name) {
    draft.define("confDOMAIN_NAME", server.host_name->value, server.host_name->line);
  }
  draft_banner(draft);
  draft_vrfy(draft);
  if (server.max_recipients) {
    draft.define("confMAX_RCPTS_PER_MESSAGE", std::to_string(server.max_recipients->value),
                 server.max_recipients->line);
  }
  if (server.max_message_size) {
    draft.define("confMAX_MESSAGE_SIZE", std::to_string(server.max_message_size->value),
                 server.max_message_size->line);
  }
  draft_idle_time(draft);
}

}  // namespace portcullis::sendmail
