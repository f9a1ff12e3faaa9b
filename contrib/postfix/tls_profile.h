#pragma once

#include <string_view>

#include "config/mta_settings.h"

namespace portcullis {

// What a profile of the policy means to Postfix. Sources: the recommendations of Mozilla's
// server-side TLS, version 5.7, and RFC 9325; the names are OpenSSL's.
struct PostfixTlsProfile {
  std::string_view protocols;      // from Postfix 3.6
  std::string_view old_protocols;  // before
  std::string_view ciphers;        // of TLS 1.2; empty: there is no TLS 1.2
};

PostfixTlsProfile postfix_tls_profile(TlsProfile profile);

}  // namespace portcullis
