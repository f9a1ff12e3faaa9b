// Certificates, keys and authorities. The first certificate is the server's; a daemon with another
// one gets it by the ruleset tls_srv_features, which Sendmail asks for each connection.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/m4_text.h"
#include "contrib/sendmail/tls_profile.h"

namespace portcullis::sendmail {
namespace {

// What a listener shows: one or two certificates, of different kinds of keys.
struct Shown {
  std::string certificates;  // file names, with a comma between
  std::string keys;

  friend bool operator==(const Shown&, const Shown&) = default;
};

constexpr std::size_t kMostCertificates = 2;

Shown shown_by(const Draft& draft, const ListenerDelivery& delivery) {
  Shown shown;
  std::size_t count = 0;
  for (const auto& [name, line] : delivery.certificates) {
    const CertificateFiles* const files = draft.settings.find_certificate(name);
    if (files == nullptr || count++ == kMostCertificates) break;
    const std::string_view comma = shown.keys.empty() ? "" : ",";
    shown.certificates += fmt::format("{}{}", comma, files->certificate.value);
    shown.keys += fmt::format("{}{}", comma, files->key.value);
  }
  return shown;
}

bool files_usable(Draft& draft) {
  bool all = true;
  for (const CertificateFiles& files : draft.settings.certificates) {
    for (const Written<std::string>& file : {files.certificate, files.key}) {
      all = draft.usable(file) && all;
    }
    if (files.chain) all = draft.usable(*files.chain) && all;
  }
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    if (delivery.client_ca) all = draft.usable(*delivery.client_ca) && all;
  }
  return (!draft.settings.outgoing.ca || draft.usable(*draft.settings.outgoing.ca)) && all;
}

void say_what_is_too_many(Draft& draft, const ListenerDelivery& delivery) {
  if (delivery.certificates.size() <= kMostCertificates) return;
  const auto& third = delivery.certificates[kMostCertificates];
  draft.warning(third.line, third.value,
                "is left out: a daemon of Sendmail shows two certificates at most, one with an RSA "
                "and one with an ECDSA key",
                "remove it, or give it a listener of its own", "too-many-certificates");
}

void draft_shown(Draft& draft) {
  const ListenerDelivery* first = nullptr;
  std::string rules;
  std::uint32_t line = 0;
  for (const ListenerDelivery& delivery : draft.settings.listeners) {
    if (delivery.certificates.empty()) continue;
    say_what_is_too_many(draft, delivery);
    const Shown shown = shown_by(draft, delivery);
    if (first == nullptr) {
      first = &delivery;
      line = delivery.certificates.front().line;
      draft.define("confSERVER_CERT", shown.certificates, line);
      draft.define("confSERVER_KEY", shown.keys, line);
    } else if (shown != shown_by(draft, *first)) {
      rules += fmt::format("R{}\t\t$@ \"CertFile={}; KeyFile={}\"\n", delivery.listener.daemon_name,
                           shown.certificates, shown.keys);
      line = delivery.certificates.front().line;
    }
  }
  if (rules.empty()) return;
  if (!draft.has_version(8, 15)) {
    draft.warning(line, "certificate",
                  "is that of the first listener in all of them: Sendmail before 8.15 has one",
                  "update Sendmail", "old-mta");
    return;
  }
  draft.add("certificates of listeners",
            "ifdef(`_TLS_SESSION_FEATURES_', `errprint(`*** ERROR: FEATURE(tls_session_features) "
            "and certificates of [listener NAME] exclude each other\n')')dnl\n" +
                cf_lines(CfPlace::ruleset, "Stls_srv_features\nR$*\t\t$: $&{daemon_name}\n" +
                                               rules + "R$*\t\t$@ \"\"\n"),
            line);
}

bool demands_certificate(const ListenerDelivery& delivery) {
  return delivery.client_certificate &&
         delivery.client_certificate->value == ClientCertificate::require;
}

// There is one file of authorities: whoever one daemon trusts, all do.
void compare_authorities(Draft& draft) {
  const auto& outgoing = draft.settings.outgoing;
  for (const ListenerDelivery& demanding : draft.settings.listeners) {
    if (!demands_certificate(demanding) || !demanding.client_ca) continue;
    for (const ListenerDelivery& other : draft.settings.listeners) {
      if (!other.client_ca || other.client_ca->value == demanding.client_ca->value) continue;
      draft.error(other.client_ca->line, other.client_ca->value,
                  fmt::format("would let its certificates in at [listener {}] too: Sendmail has "
                              "one set of authorities",
                              demanding.listener.name),
                  "name the same file in both", "shared-authorities");
    }
    if (!outgoing.tls || outgoing.tls->value != OutgoingTls::verify) continue;
    if (outgoing.ca && outgoing.ca->value == demanding.client_ca->value) continue;
    draft.error(outgoing.ca ? outgoing.ca->line : outgoing.tls->line, "tls = verify",
                fmt::format("would let certificates of its authorities in at [listener {}]: "
                            "Sendmail has one set of authorities for both directions",
                            demanding.listener.name),
                "write ca = the file of client_ca, or tls = require", "shared-authorities");
  }
}

void draft_profile(Draft& draft) {
  const auto& profile = draft.settings.server.tls_profile;
  if (!profile) return;
  const ProfileOptions options = profile_options(profile->value);
  draft.define("confSERVER_SSL_OPTIONS", std::string(options.ssl_options), profile->line);
  if (!options.ciphers.empty()) {
    draft.define("confCIPHER_LIST", std::string(options.ciphers), profile->line);
  }
}

}  // namespace

std::string authorities_file(const MtaSettings& settings, const SendmailTarget& target) {
  const bool shows = std::ranges::any_of(
      settings.listeners, [](const auto& delivery) { return !delivery.certificates.empty(); });
  const bool verifies =
      settings.outgoing.tls && settings.outgoing.tls->value == OutgoingTls::verify;
  return shows || verifies ? target.config_dir + "/portcullis-ca.pem" : std::string();
}

void draft_certificates(Draft& draft) {
  draft_profile(draft);
  if (!files_usable(draft)) return;
  const std::string authorities = authorities_file(draft.settings, draft.target);
  if (authorities.empty()) return;
  compare_authorities(draft);
  draft.define("confCACERT", authorities, 0);
  // Without one there is no STARTTLS; no file in it has the name of a hash, so it adds nobody.
  draft.define("confCACERT_PATH", draft.target.config_dir, 0);
  draft_shown(draft);
}

}  // namespace portcullis::sendmail
