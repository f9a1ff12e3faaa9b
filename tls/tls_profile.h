#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace portcullis {

// The cipher suites of TLS 1.2 in the profile `intermediate`, in OpenSSL's names: those with
// forward secrecy and authenticated encryption, without finite-field Diffie-Hellman. Sources:
// Mozilla's server-side TLS 5.7, RFC 9325 section 4.2. `modern` has no TLS 1.2, and the suites of
// TLS 1.3 are good as OpenSSL has them.
inline constexpr std::string_view kIntermediateCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// The names of a list, divided by colons, that the OpenSSL of this host does not offer: it skips
// them without a word as long as it knows one. Empty if it offers all.
std::vector<std::string> unknown_ciphers(std::string_view list);

}  // namespace portcullis
