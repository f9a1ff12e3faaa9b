#pragma once

#include <cstdint>

#include "tls/openssl_handles.h"

namespace portcullis {

// RFC 7292 section 6 and appendix C recommend 1024; exports of today have up to a million for each
// key that is derived.
inline constexpr std::uint64_t kMaxDerivationSteps = 10'000'000;

// Whoever made a PKCS#12 file chose how many steps each key in it takes to derive. Reading one that
// asks for more than kMaxDerivationSteps would keep the processor busy for minutes or years.

// To verify its MAC.
bool has_slow_mac(const PKCS12* file);

// To decrypt all that is encrypted in it, together. What is encrypted twice is decrypted to look,
// so the passphrase must be there; null is none. Costs at most the steps that are allowed.
bool has_slow_contents(const PKCS12* file, const char* passphrase);

}  // namespace portcullis
