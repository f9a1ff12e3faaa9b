#include "contrib/sendmail/ldap_password.h"

#include "contrib/saslauthd_password.h"

namespace portcullis::sendmail {

tl::expected<std::optional<std::string>, Diagnostic> ldap_password(const MtaSettings& settings) {
  if (!settings.authentication || !settings.authentication->ldap_password_file) return std::nullopt;
  const auto& file = *settings.authentication->ldap_password_file;
  auto password = read_saslauthd_password(file.value);
  if (password) return *std::move(password);
  return tl::unexpected(Diagnostic{Severity::error, settings.policy_file, file.line,
                                   "ldap_password_file = " + file.value, password.error().reason,
                                   password.error().repair, "unreadable-password"});
}

}  // namespace portcullis::sendmail
