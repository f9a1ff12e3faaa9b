#pragma once

#include <string>

#include <tl/expected.hpp>

#include "config/mta_settings.h"

namespace portcullis::sendmail {

// What portcullis-ca.pem holds: Sendmail sends no issuer but what it finds among its authorities,
// and has one file for those that it sends, those of clients and those of servers. The issuers of
// our own certificates come without their roots, which would vouch for clients. Reads the files
// that the policy names; each that cannot be read is an error with its line.
tl::expected<std::string, Diagnostics> authorities_text(const MtaSettings& settings);

// Those of the system (Debian's ca-certificates), for `tls = verify` without `ca`.
inline constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

}  // namespace portcullis::sendmail
