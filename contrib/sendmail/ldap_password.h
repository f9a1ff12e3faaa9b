#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "config/mta_settings.h"

namespace portcullis::sendmail {

// The password of ldap_bind_dn: the first line of the file that the policy names. Nothing if it
// names none; an error at its line if it cannot be had. Reads that file.
tl::expected<std::optional<std::string>, Diagnostic> ldap_password(const MtaSettings& settings);

}  // namespace portcullis::sendmail
