#pragma once

#include <string>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

// The first line of a file, with which saslauthd binds to an LDAP server (ldap_password_file). What
// it could not read back from saslauthd.conf is an error: it would cut the password short, and then
// let nobody in. Printable ASCII without a blank at its ends.
tl::expected<std::string, Problem> read_saslauthd_password(const std::string& path);

}  // namespace portcullis
