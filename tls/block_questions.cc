// Which blocks a file of certificates holds.

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <sys/stat.h>

#include "tls/questions.h"

namespace portcullis {
namespace {

void stray_key(const PemFile& file, const PemBlock& block, Diagnostics& found) {
  const bool readable = (file.state.st_mode & S_IROTH) != 0;
  Diagnostic d;
  d.severity = readable ? Severity::error : Severity::warning;
  d.file = file.path;
  d.line = block.line;
  d.reason = readable ? "has a private key in a file that everybody may read"
                      : "has a private key among the certificates";
  d.repair = readable ? "take it as known to others: make a new key and have a certificate issued "
                        "for it"
                      : "move the block into the key file";
  d.code = "stray-key";
  found.add(std::move(d));
}

void unexpected(const PemFile& file, const PemBlock& block, Diagnostics& found) {
  const std::string repair =
      block.label == "TRUSTED CERTIFICATE" || block.label == "PKCS7"
          ? fmt::format("openssl {} makes certificates of it",
                        block.label == "PKCS7" ? "pkcs7 -print_certs" : "x509")
          : "remove the block";
  found.warning(file.path, block.line, block.label, "is no block that a mail server reads here",
                repair, "unexpected-block");
}

void no_certificate(const PemFile& file, Diagnostics& found) {
  const bool request = std::ranges::any_of(file.blocks, [](const PemBlock& block) {
    return block.label.ends_with("CERTIFICATE REQUEST");
  });
  found.error(file.path, 0, {},
              request ? "holds a certificate request, not a certificate" : "holds no certificate",
              request ? "send the request to an authority, and save here what it answers"
                      : "give the file with -----BEGIN CERTIFICATE-----",
              "no-certificate");
}

}  // namespace

void check_certificate_blocks(const PemFile& file, bool may_hold_key, Diagnostics& found) {
  bool any = false;
  for (const PemBlock& block : file.blocks) {
    any = any || block.kind == PemKind::certificate;
    const bool key = block.kind == PemKind::private_key || block.kind == PemKind::encrypted_key;
    if (key && !may_hold_key) stray_key(file, block, found);
    if (block.kind == PemKind::other) unexpected(file, block, found);
  }
  if (!any) no_certificate(file, found);
}

}  // namespace portcullis
