// SASL: AUTH is offered by the daemons that demand it, and for passwords only behind TLS.

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"

namespace portcullis::sendmail {

void draft_authentication(Draft& draft) {
  if (!draft.settings.authentication) return;
  const AuthenticationSettings& authentication = *draft.settings.authentication;
  const std::uint32_t line = authentication.source.line;
  if (authentication.source.value == AuthenticationSource::dovecot) {
    draft.error(line, "source = dovecot",
                "cannot be asked by Sendmail, which knows Cyrus SASL only",
                "write source = saslauthd, ldap or sasldb", "no-dovecot");
    return;
  }
  // A: no AUTH= for those who are not authenticated; p: no passwords in the clear; y: no ANONYMOUS.
  draft.define("confAUTH_OPTIONS", "A p y", line);
  draft.define("confAUTH_MECHANISMS", "PLAIN LOGIN", line);
  draft.add("TRUST_AUTH_MECH", "TRUST_AUTH_MECH(`PLAIN LOGIN')dnl", line);
}

}  // namespace portcullis::sendmail
