// INPUT_MAIL_FILTER: ours, before those that are there.

#include <fmt/format.h>

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"

namespace portcullis::sendmail {
namespace {

// Without F= Sendmail goes on without the milter.
std::string when_down(MilterDown down) {
  switch (down) {
    case MilterDown::tempfail:
      return ", F=T";
    case MilterDown::reject:
      return ", F=R";
    case MilterDown::accept:
      break;
  }
  return {};
}

}  // namespace

void draft_milter(Draft& draft) {
  const ServerSettings& server = draft.settings.server;
  const Written<std::string>& socket = draft.settings.milter_socket;
  if (!draft.usable(socket)) return;
  const auto seconds = server.milter_timeout.value.count();
  const std::string equates =
      fmt::format("S={}{}, T=C:{}s;S:{}s;R:{}s;E:5m", socket.value,
                  when_down(server.milter_down.value), seconds, seconds, seconds);
  draft.add(
      "INPUT_MAIL_FILTER portcullis",
      fmt::format("MAIL_FILTER(``portcullis'', {})dnl\n"
                  "define(`confINPUT_MAIL_FILTERS', ifelse(defn(`confINPUT_MAIL_FILTERS'), "
                  "`', ```portcullis''', ```portcullis, '''defn(`confINPUT_MAIL_FILTERS')))dnl",
                  m4_value(equates)),
      socket.line);
}

}  // namespace portcullis::sendmail
