#pragma once

#include "tls/key_type.h"
#include "tls/openssl_handles.h"

namespace portcullis {

// A new private key; null if OpenSSL has no memory or no randomness. RSA takes about a second.
KeyHandle make_key(KeyType type);

// What the key signs requests and its own certificate with: SHA-384 for P-384, else SHA-256.
const EVP_MD* digest_for(KeyType type);

}  // namespace portcullis
