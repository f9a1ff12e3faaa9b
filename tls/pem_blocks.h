#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

namespace portcullis {

// More blocks than any chain has: X509_verify_cert(3) itself stops at 100.
inline constexpr std::size_t kMaxPemBlocks = 64;

enum class PemKind : std::uint8_t {
  certificate,
  private_key,
  encrypted_key,  // a private key that cannot be read without a password
  parameters,     // of a curve or of Diffie-Hellman: no harm in them
  other,          // nothing that a mail server reads from such a file
};

// One "-----BEGIN ...-----" to its "-----END ...-----" (RFC 7468).
struct PemBlock {
  PemKind kind = PemKind::other;
  std::string label;       // "EC PRIVATE KEY"
  std::uint32_t line = 0;  // of its BEGIN
  std::string_view text;   // from BEGIN to the line of END; points into the text it was found in
};

// The blocks of a text; what stands between them is skipped, as OpenSSL does. Lines end in LF or
// CRLF. A block that is not closed, an END too many and a BEGIN that OpenSSL would overlook are
// errors ("malformed-pem"), and so are more than kMaxPemBlocks ("too-many-blocks"). What is inside
// of a block is not looked at and never part of a message. O(size of the text).
std::vector<PemBlock> find_pem_blocks(std::string_view text, const std::string& file,
                                      Diagnostics& found);

}  // namespace portcullis
