#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tls/key_type.h"
#include "tls/secret_text.h"

namespace portcullis {

struct NewRequest {
  SecretText key;       // PEM
  std::string request;  // PEM: "-----BEGIN CERTIFICATE REQUEST-----"
};

// A new key and a request (PKCS#10, RFC 2986) for a certificate of these host names and addresses,
// which have been checked to be such and are at least one. Nothing if OpenSSL cannot make one.
std::optional<NewRequest> make_request(KeyType type, const std::vector<std::string>& hosts);

}  // namespace portcullis
