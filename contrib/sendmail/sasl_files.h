#pragma once

#include <string>
#include <vector>

#include "config/mta_settings.h"
#include "contrib/sendmail/sendmail_target.h"

namespace portcullis::sendmail {

// A file of Cyrus SASL that says where passwords are looked up.
struct SaslFile {
  std::string path;
  std::string text;
  bool secret = false;
};

// Sendmail.conf, and saslauthd.conf for a directory. `password`: that of ldap_bind_dn; without it a
// comment stands in its place. Nothing without [authentication]. Pure.
std::vector<SaslFile> sasl_files(const MtaSettings& settings, const SendmailTarget& target,
                                 const std::optional<std::string>& password);

}  // namespace portcullis::sendmail
