#include "contrib/sendmail/sasl_files.h"

#include <fmt/format.h>

#include "policy/printable.h"

namespace portcullis::sendmail {
namespace {

constexpr std::string_view kDebianSaslauthd = "/var/run/saslauthd/mux";
constexpr std::string_view kDebianSasldb = "/etc/sasldb2";

class SaslText {
 public:
  explicit SaslText(const MtaSettings& settings) : file_(printable(settings.policy_file, 400)) {
    text_ = fmt::format("# Made by portcullis generate of {}: an edit here will be lost.\n", file_);
  }
  // A value is what stands behind the colon, to the end of the line: nothing in it needs quotes.
  void set(std::string_view name, std::string_view value, std::uint32_t line) {
    if (line != 0) text_ += fmt::format("# {}:{}\n", file_, line);
    text_ += fmt::format("{}: {}\n", name, value);
  }
  void comment(std::string_view words) { text_ += fmt::format("# {}\n", words); }
  std::string take() && { return std::move(text_); }

 private:
  std::string file_;
  std::string text_;
};

std::string sendmail_conf(const MtaSettings& settings, const AuthenticationSettings& a) {
  SaslText text(settings);
  if (a.source.value == AuthenticationSource::sasldb) {
    text.set("pwcheck_method", "auxprop", a.source.line);
    text.set("auxprop_plugin", "sasldb", 0);
    text.set("sasldb_path", a.sasldb ? a.sasldb->value : kDebianSasldb,
             a.sasldb ? a.sasldb->line : 0);
  } else {
    text.set("pwcheck_method", "saslauthd", a.source.line);
    text.set("saslauthd_path", a.socket ? a.socket->value : kDebianSaslauthd,
             a.socket ? a.socket->line : 0);
  }
  text.set("mech_list", "PLAIN LOGIN", 0);
  return std::move(text).take();
}

std::string saslauthd_conf(const MtaSettings& settings, const AuthenticationSettings& a,
                           const std::optional<std::string>& password) {
  SaslText text(settings);
  if (a.ldap_uri) text.set("ldap_servers", a.ldap_uri->value, a.ldap_uri->line);
  if (a.ldap_base) text.set("ldap_search_base", a.ldap_base->value, a.ldap_base->line);
  text.set("ldap_filter", a.ldap_filter.value, a.ldap_filter.line);
  if (a.ldap_bind_dn) text.set("ldap_bind_dn", a.ldap_bind_dn->value, a.ldap_bind_dn->line);
  if (password) {
    text.set("ldap_password", *password, a.ldap_password_file->line);
  } else if (a.ldap_password_file) {
    text.comment("ldap_password: the first line of " + printable(a.ldap_password_file->value, 400));
  }
  return std::move(text).take();
}

}  // namespace

std::vector<SaslFile> sasl_files(const MtaSettings& settings, const SendmailTarget& target,
                                 const std::optional<std::string>& password) {
  if (!settings.authentication) return {};
  const AuthenticationSettings& a = *settings.authentication;
  std::vector<SaslFile> files = {
      {target.sasl_dir + "/Sendmail.conf", sendmail_conf(settings, a), false}};
  if (a.source.value == AuthenticationSource::ldap) {
    files.push_back({target.saslauthd_conf, saslauthd_conf(settings, a, password), true});
  }
  return files;
}

}  // namespace portcullis::sendmail
