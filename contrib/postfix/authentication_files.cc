// [authentication]: how smtpd(8) asks whether a user's password is right.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"
#include "contrib/saslauthd_password.h"

namespace portcullis {
namespace {

constexpr const char* kSmtpdConf = "sasl/smtpd.conf";
constexpr const char* kSaslauthdConf = "sasl/saslauthd.conf";

class AuthenticationPlanner {
 public:
  AuthenticationPlanner(const PlanDraft& draft, const AuthenticationSettings& a)
      : draft_(draft), a_(a) {
    for (const PlannedService& service : draft.plan.services) {
      if (!is_submission(service)) continue;
      chrooted_ = chrooted_ || draft.facts.is_chrooted(service.entry);
    }
  }

  void plan() {
    switch (a_.source.value) {
      case AuthenticationSource::sasldb:
        plan_sasldb();
        break;
      case AuthenticationSource::saslauthd:
        plan_saslauthd();
        break;
      case AuthenticationSource::ldap:
        plan_saslauthd();
        plan_ldap();
        break;
      case AuthenticationSource::dovecot:
        plan_dovecot();
        break;
    }
  }

 private:
  static bool is_submission(const PlannedService& service) {
    return std::ranges::find(service.overrides, "smtpd_sasl_auth_enable", &PlannedSetting::name) !=
           service.overrides.end();
  }

  void plan_type(const std::string& type, const std::string& path, std::uint32_t path_line) {
    for (PlannedService& service : draft_.plan.services) {
      if (!is_submission(service)) continue;
      service.overrides.push_back({"smtpd_sasl_type", type, a_.source.line});
      service.overrides.push_back({"smtpd_sasl_path", path, path_line});
    }
  }

  void plan_cyrus(const std::string& method) {
    plan_type("cyrus", "smtpd", a_.source.line);
    // Debian's Postfix looks only there; others have to be told.
    draft_.set("cyrus_sasl_config_path", "$config_directory/sasl", a_.source.line);
    std::string text = "# How Postfix asks for passwords. Written by portcullis generate.\n";
    text += origin_comment(draft_.policy, a_.source.line);
    // Clients are let in with TLS only, so that these two are as good as any.
    text += method + "mech_list: PLAIN LOGIN\n";
    draft_.plan.files.push_back({kSmtpdConf, text, false});
  }

  // As a chrooted smtpd finds what the policy names; an error if it cannot.
  std::string reachable(const Written<std::string>& path, const std::string& option,
                        PlanDraft::Below form) const {
    if (!is_plain_item(path.value)) {
      draft_.error(path.line, option + " = " + path.value,
                   "has a blank, a comma, a quote or a brace, or is not ASCII",
                   "write another path", "unusable-path");
    }
    const auto below = draft_.in_queue_directory(path.value, form);
    if (below && (chrooted_ || form == PlanDraft::Below::relative)) return *below;
    if (chrooted_) {
      draft_.error(path.line, option + " = " + path.value,
                   "is out of reach of smtpd, which is chrooted in " + draft_.facts.queue_directory,
                   fmt::format("write {} = {}{}", option, draft_.facts.queue_directory, path.value),
                   "socket-out-of-chroot");
    }
    return path.value;
  }

  void plan_sasldb() {
    std::string path = "/etc/sasldb2";
    if (a_.sasldb) {
      path = reachable(*a_.sasldb, "sasldb", PlanDraft::Below::absolute);
    } else if (chrooted_) {
      draft_.note(
          a_.source.line, "source = sasldb",
          fmt::format("reads {}{}, because smtpd is chrooted", draft_.facts.queue_directory, path),
          fmt::format("make users there: saslpasswd2 -c -f {}{} -u DOMAIN USER",
                      draft_.facts.queue_directory, path),
          "sasldb-in-chroot");
    }
    plan_cyrus(
        fmt::format("pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {}\n", path));
  }

  void plan_saslauthd() {
    std::string path = "/var/run/saslauthd/mux";
    if (a_.socket) path = reachable(*a_.socket, "socket", PlanDraft::Below::absolute);
    plan_cyrus(fmt::format("pwcheck_method: saslauthd\nsaslauthd_path: {}\n", path));
    note_how_to_start();
  }

  void note_how_to_start() const {
    std::string directory =
        chrooted_ ? draft_.facts.queue_directory + "/var/run/saslauthd" : "/var/run/saslauthd";
    if (a_.socket) directory = a_.socket->value.substr(0, a_.socket->value.rfind('/'));
    const bool ldap = a_.source.value == AuthenticationSource::ldap;
    const std::string options =
        fmt::format("OPTIONS=\"-c -m {}{}\"", directory,
                    ldap ? fmt::format(" -O {}/{}", draft_.facts.config_directory, kSaslauthdConf)
                         : std::string());
    draft_.note(a_.source.line, fmt::format("source = {}", to_string(a_.source.value)),
                "needs saslauthd(8) running, with the user postfix in the group sasl",
                fmt::format("in /etc/default/saslauthd write {}{}",
                            ldap ? "MECHANISMS=\"ldap\" and " : "", options),
                "saslauthd");
  }

  void plan_dovecot() {
    std::string path = "private/auth";
    const std::uint32_t line = a_.socket ? a_.socket->line : a_.source.line;
    if (a_.socket) path = reachable(*a_.socket, "socket", PlanDraft::Below::relative);
    plan_type("dovecot", literal(path), line);
  }

  // "name: value"; saslauthd cuts blanks off at both ends, and has no quotes.
  std::string ldap_line(const char* name, const Written<std::string>& setting) const {
    return origin_comment(draft_.policy, setting.line) +
           fmt::format("{}: {}\n", name, setting.value);
  }

  void plan_ldap() {
    std::string text = "# For saslauthd -a ldap. Written by portcullis generate.\n";
    if (a_.ldap_uri) text += ldap_line("ldap_servers", *a_.ldap_uri);
    if (a_.ldap_base) text += ldap_line("ldap_search_base", *a_.ldap_base);
    text += ldap_line("ldap_filter", a_.ldap_filter);
    if (a_.ldap_bind_dn) text += ldap_line("ldap_bind_dn", *a_.ldap_bind_dn);
    if (a_.ldap_password_file) {
      text += ldap_line("ldap_password", {password(), a_.ldap_password_file->line});
    }
    draft_.plan.files.push_back({kSaslauthdConf, text, true});
  }

  // The first line of the file; empty, with an error, if saslauthd could not be told it.
  std::string password() const {
    const auto& [path, line] = *a_.ldap_password_file;
    auto found = read_saslauthd_password(path);
    if (found) return *std::move(found);
    draft_.error(line, "ldap_password_file = " + path, found.error().reason, found.error().repair,
                 "unreadable-password");
    return {};
  }

  const PlanDraft& draft_;
  const AuthenticationSettings& a_;
  bool chrooted_ = false;
};

}  // namespace

void plan_authentication(const PlanDraft& draft) {
  if (draft.policy.authentication) {
    AuthenticationPlanner(draft, *draft.policy.authentication).plan();
  }
}

}  // namespace portcullis
