#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "config/mta_settings.h"
#include "contrib/mta_configuration.h"
#include "contrib/sendmail/sendmail_target.h"

namespace portcullis {

// What a policy says of Sendmail. It lives in /etc/mail/portcullis.m4, which one marked line of
// sendmail.mc includes; lines of sendmail.mc, and of files that it includes from the same
// directory, which say the same are put behind "dnl portcullis:". Nothing goes into the access or
// mailertable sources: what they say holds for every daemon, and classes and rulesets on
// ${daemon_name} do not. A failed m4 or
// a sendmail.cf that Sendmail does not take leaves the sendmail.cf that is there.
// find_undeliverable() is asked elsewhere.
std::unique_ptr<MtaConfiguration> make_sendmail_configuration(const MtaSettings& settings,
                                                              const SendmailTarget& target);

// The text of sendmail.cf that m4 makes of a .mc file; it may include others. Runs m4.
tl::expected<std::string, Diagnostics> build_sendmail_cf(const SendmailTarget& target,
                                                         const std::string& mc_file);

}  // namespace portcullis
