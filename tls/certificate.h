#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "tls/certificate_facts.h"
#include "tls/openssl_handles.h"
#include "tls/pem_file.h"

namespace portcullis {

// A certificate with the place where it stands.
struct Certificate {
  std::string file;
  std::uint32_t line = 0;
  X509Handle x509;
};

// The certificates of a file, in its order. Blocks that cannot be decoded are errors
// ("bad-certificate").
std::vector<Certificate> decode_certificates(const PemFile& file, Diagnostics& found);

CertificateFacts facts_of(const Certificate& certificate);

// "CN=mx.example.com,O=Example" (RFC 2253).
std::string subject_of(const Certificate& certificate);
std::vector<std::string> names_of(const Certificate& certificate);

// The time of a date of a certificate, or nothing if it is none.
std::optional<Time> time_of(const ASN1_TIME* time);

// Issued by itself, by name; is_issued_by() looks at the signature.
bool is_self_issued(const Certificate& certificate);
// basicConstraints says CA:TRUE, or it is a self-issued one of X.509 version 1.
bool is_ca(const Certificate& certificate);
bool is_same(const Certificate& a, const Certificate& b);

// Whether `issuer` has the name and key identifier that the certificate says issued it.
bool names_as_issuer(const Certificate& certificate, const Certificate& issuer);
// Whether `issuer` has that name, whatever its key is.
bool has_name_of_issuer(const Certificate& certificate, const Certificate& issuer);
// Whether the key of `issuer` made the signature.
bool is_signed_by(const Certificate& certificate, const Certificate& issuer);

// "RSA 2048", "EC prime256v1", "ED25519".
std::string describe_key(const EVP_PKEY* key);

}  // namespace portcullis
