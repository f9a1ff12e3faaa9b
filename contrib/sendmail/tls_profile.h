#pragma once

#include <string_view>

#include "config/mta_settings.h"

namespace portcullis::sendmail {

// What a profile of the policy means to Sendmail. Sources: Mozilla's server-side TLS 5.7, RFC 9325;
// the names are OpenSSL's.
struct ProfileOptions {
  std::string_view ssl_options;  // of ServerSSLOptions and ClientSSLOptions
  std::string_view ciphers;      // of TLS 1.2; empty: there is no TLS 1.2
};

ProfileOptions profile_options(TlsProfile profile);

}  // namespace portcullis::sendmail
