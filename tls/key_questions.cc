// The private key: whether it can be read without a password, and whose it is.

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "tls/questions.h"

namespace portcullis {
namespace {

// Called by OpenSSL for a password; there is none, and nobody is asked.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return -1;
}

void encrypted(const PemFile& file, const PemBlock& block, Diagnostics& found) {
  found.error(file.path, block.line, {},
              "has a private key with a password, which a mail server cannot type",
              fmt::format("umask 077; openssl pkey -in {0} -out {0}.new", file.path),
              "encrypted-key");
}

void no_key(const PemFile& file, Diagnostics& found) {
  found.error(file.path, 0, {},
              fmt::format("holds no private key, but {}", file.blocks.front().label),
              "give the file with -----BEGIN PRIVATE KEY-----", "no-key");
}

bool is_key(const PemBlock& block) {
  return block.kind == PemKind::private_key || block.kind == PemKind::encrypted_key;
}

bool belongs_to(const PrivateKey& key, const Certificate& certificate) {
  const int answer = X509_check_private_key(certificate.x509.get(), key.key.get());
  ERR_clear_error();
  return answer == 1;
}

}  // namespace

std::optional<PrivateKey> decode_key(const PemFile& file, Diagnostics& found) {
  const auto block = std::ranges::find_if(file.blocks, is_key);
  if (block == file.blocks.end()) {
    no_key(file, found);
    return std::nullopt;
  }
  if (const auto other = std::find_if(block + 1, file.blocks.end(), is_key);
      other != file.blocks.end()) {
    found.warning(file.path, other->line, {}, "has another private key, which nobody reads",
                  fmt::format("leave one; that of line {} is used", block->line), "several-keys");
  }
  if (block->kind == PemKind::encrypted_key) {
    encrypted(file, *block, found);
    return std::nullopt;
  }
  const BioHandle bio(BIO_new_mem_buf(block->text.data(), static_cast<int>(block->text.size())));
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (key != nullptr) return PrivateKey{file.path, block->line, std::move(key)};
  found.error(file.path, block->line, {}, "has a private key that cannot be decoded",
              "copy the block again, all of its lines", "bad-key");
  return std::nullopt;
}

void put_leaf_first(std::vector<Certificate>& served, const PrivateKey& key, Diagnostics& found) {
  const auto owner = std::ranges::find_if(
      served, [&](const Certificate& certificate) { return belongs_to(key, certificate); });
  if (owner == served.begin()) return;
  const Certificate& first = served.front();
  if (owner == served.end()) {
    found.error(key.file, key.line, {},
                fmt::format("is not the key of the certificate {}:{}", first.file, first.line),
                fmt::format("the certificate is for {}; give the key that its request was made "
                            "with",
                            describe_key(X509_get0_pubkey(first.x509.get()))),
                "key-mismatch");
    return;
  }
  found.error(owner->file, owner->line, subject_of(*owner),
              "is the server's own certificate, but does not stand first",
              "move the block to the top of the certificate file", "leaf-not-first");
  std::rotate(served.begin(), owner, owner + 1);
}

}  // namespace portcullis
