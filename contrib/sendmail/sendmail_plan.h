#pragma once

#include <string>
#include <vector>

#include "config/mta_settings.h"
#include "contrib/mta_configuration.h"
#include "contrib/sendmail/sendmail_target.h"

namespace portcullis {

// What a policy says of Sendmail.
struct SendmailPlan {
  // "portcullis.m4", which sendmail.mc includes before its MAILER lines, a whole "sendmail.mc" for
  // a machine without one, and the files of Cyrus SASL. Empty if something is wrong.
  std::vector<GeneratedFile> files;
  // What Sendmail cannot do, what is done instead, and what is wrong.
  Diagnostics found;
};

// `password` is that of ldap_bind_dn; without it a comment stands in its place. Pure: reads nothing
// and asks no Sendmail. Every text of the policy is quoted for m4 and for sendmail.cf, or refused.
SendmailPlan plan_sendmail(const MtaSettings& settings, const SendmailTarget& target,
                           const std::optional<std::string>& password = {});

}  // namespace portcullis
