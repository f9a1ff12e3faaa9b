#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/policy.h"

namespace portcullis {

// What a certificate says, as text. All of it was written by others: print it by shown().
struct CertificateFacts {
  std::string file;
  std::uint32_t line = 0;  // of its BEGIN
  std::string subject;     // RFC 2253: "CN=mx.example.com,O=Example"
  std::string issuer;
  std::string serial;              // hexadecimal
  std::vector<std::string> names;  // DNS names and addresses of its subjectAltName
  std::optional<Time> not_before;  // nothing if it is no time
  std::optional<Time> not_after;
  std::string key;        // "RSA 2048", "EC prime256v1"
  std::string signature;  // "ecdsa-with-SHA256"
  std::string sha256;     // fingerprint, in lower case without colons
  bool is_ca = false;
  bool self_signed = false;
};

}  // namespace portcullis
