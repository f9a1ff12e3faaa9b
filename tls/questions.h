#pragma once

#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "policy/policy.h"
#include "tls/certificate.h"
#include "tls/pem_file.h"

namespace portcullis {

// The private key with the place where it stands.
struct PrivateKey {
  std::string file;
  std::uint32_t line = 0;
  KeyHandle key;
};

// What check_certificates() asks, one file a group of questions. Each adds what it finds.

// Blocks that have no business in the file of certificates, or in the chain file.
void check_certificate_blocks(const PemFile& file, bool may_hold_key, Diagnostics& found);
// The one private key of the file, or nothing: there is none, several, or one with a password.
std::optional<PrivateKey> decode_key(const PemFile& file, Diagnostics& found);
// Who may read or replace the file with the key, which is or will be in this state.
void check_key_file(const std::string& path, const struct stat& state, Diagnostics& found);
// That the first certificate belongs to the key. If another one does, it is moved to the front, so
// that the questions that follow are about the right one.
void put_leaf_first(std::vector<Certificate>& served, const PrivateKey& key, Diagnostics& found);
// Dates, strength, purpose and names of the server's own certificate.
void check_leaf(const Certificate& leaf, const std::vector<std::string>& hosts, Time at,
                Diagnostics& found);
// Size of the key, and the digest of the signature unless nobody verifies it.
void check_strength(const Certificate& certificate, Diagnostics& found);
// The certificates behind the first: each issues the one before it, and is in force.
void check_chain(const std::vector<Certificate>& served, Time at, Diagnostics& found);

}  // namespace portcullis
