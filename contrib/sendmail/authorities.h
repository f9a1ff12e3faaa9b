#pragma once

#include <string>

#include <tl/expected.hpp>

#include "config/mta_settings.h"
#include "contrib/sendmail/sendmail_target.h"

namespace portcullis::sendmail {

// What portcullis-ca.pem holds: Sendmail sends no issuer but what it finds among its authorities,
// and has one file for those that it sends, those of clients and those of servers. The issuers of
// our own certificates come without their roots, which would vouch for clients. Reads the files
// that the policy names; each that cannot be read is an error with its line.
tl::expected<std::string, Diagnostics> authorities_text(const MtaSettings& settings);

// Writes portcullis-ca.pem anew where an apply has made one: a renewed certificate may have other
// issuers, and Sendmail takes them from there when it is told. Where none is, nothing is done.
tl::expected<void, Diagnostics> renew_authorities(const MtaSettings& settings,
                                                  const SendmailTarget& target);

// Those of the system (Debian's ca-certificates), for `tls = verify` without `ca`.
inline constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

}  // namespace portcullis::sendmail
