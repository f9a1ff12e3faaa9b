// TLS to other servers, by the rulesets try_tls and tls_server.

#include <algorithm>

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"

namespace portcullis::sendmail {
namespace {

void never(Draft& draft, std::uint32_t line) {
  draft.add("ruleset Local_try_tls",
            "define(`_LOCAL_TRY_TLS_')dnl\n" +
                cf_lines(CfPlace::ruleset,
                         "SLocal_try_tls\n"
                         "R$*\t\t$#error $@ 5.7.1 $: \"550 TLS is off\"\n"),
            line);
}

void demand(Draft& draft, const std::string& rules, std::uint32_t line) {
  draft.add("ruleset Local_tls_server",
            "define(`_LOCAL_TLS_SERVER_')dnl\n" +
                cf_lines(CfPlace::ruleset,
                         "SLocal_tls_server\n"
                         "R$*\t\t$: $1 $| $&{tls_version}\n"
                         "R$* $|\t\t$#error $@ 4.7.0 $: \"454 TLS is required, and was not "
                         "offered\"\n"
                         "R$* $| $*\t$: $1\n" +
                             rules),
            line);
}

// The authority, and the name: of the certificate's names, or of its subject.
constexpr const char* kVerify =
    "R$*\t\t$: $1 $| $&{server_name}\n"
    "ROK $| $={cert_altnames}\t$: OK\n"
    "ROK $| $&{cn_subject}\t$: OK\n"
    "ROK $| [ $* ]\t$: OK\n"
    "ROK $| $- . $+\t$: OK $| $1 . $2 $| * . $2\n"
    "ROK $| $* $| $={cert_altnames}\t$: OK\n"
    "R$* $| $*\t$#error $@ 4.7.0 $: \"454 The certificate of the server is not verified\"\n";

constexpr const char* kAuthority =
    "ROK\t\t$: OK $| OK\n"
    "R$-\t\t$#error $@ 4.7.0 $: \"454 The certificate of the server is not verified\"\n"
    "ROK $| OK\t$: OK\n";

bool names_addresses(const std::vector<Written<MailHost>>& hosts) {
  return std::ranges::any_of(hosts, [](const auto& host) { return host.value.is_address; });
}

void say_what_is_not_compared(Draft& draft, std::uint32_t line) {
  const MtaSettings& settings = draft.settings;
  if (!names_addresses(settings.outgoing.hosts) &&
      std::ranges::none_of(settings.routes,
                           [](const Route& route) { return names_addresses(route.hosts); })) {
    return;
  }
  draft.warning(line, "tls = verify",
                "compares no name with hosts that are written as addresses: Sendmail asks only "
                "that an authority vouches for them",
                "write the hosts by name", "address-not-verified");
}

}  // namespace

void draft_outgoing_tls(Draft& draft) {
  const auto& tls = draft.settings.outgoing.tls;
  if (!tls) return;
  switch (tls->value) {
    case OutgoingTls::off:
      return never(draft, tls->line);
    case OutgoingTls::may:
      return;  // what Sendmail does by itself
    case OutgoingTls::require:
      return demand(draft, {}, tls->line);
    case OutgoingTls::verify:
      if (!draft.has_version(8, 16)) {
        draft.warning(
            tls->line, "tls = verify",
            "compares no names: Sendmail before 8.16 does not tell those of a certificate",
            "update Sendmail", "old-mta");
        return demand(draft, kAuthority, tls->line);
      }
      draft.add("SetCertAltnames", cf_lines(CfPlace::option, "O SetCertAltnames=true\n"),
                tls->line);
      say_what_is_not_compared(draft, tls->line);
      return demand(draft, kVerify, tls->line);
  }
}

}  // namespace portcullis::sendmail
