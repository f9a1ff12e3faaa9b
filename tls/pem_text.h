#pragma once

#include <string>

#include "tls/openssl_handles.h"
#include "tls/secret_text.h"

namespace portcullis {

// PEM of what OpenSSL holds; empty if it cannot be written.
std::string pem_of(X509* certificate);
std::string pem_of(X509_REQ* request);
// "-----BEGIN PRIVATE KEY-----" (PKCS#8), without a password.
SecretText pem_of(const EVP_PKEY* key);

}  // namespace portcullis
