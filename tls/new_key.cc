#include "tls/new_key.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

namespace portcullis {

KeyHandle make_key(KeyType type) {
  constexpr unsigned kRsaBits = 3072;
  EVP_PKEY* key = nullptr;
  switch (type) {
    case KeyType::ecdsa_p256:
      key = EVP_EC_gen("P-256");
      break;
    case KeyType::ecdsa_p384:
      key = EVP_EC_gen("P-384");
      break;
    case KeyType::rsa_3072:
      key = EVP_RSA_gen(kRsaBits);
      break;
  }
  ERR_clear_error();
  return KeyHandle(key);
}

const EVP_MD* digest_for(KeyType type) {
  return type == KeyType::ecdsa_p384 ? EVP_sha384() : EVP_sha256();
}

}  // namespace portcullis
