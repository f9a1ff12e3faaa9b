#include "tls/pkcs12_file.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>

#include "tls/pem_blocks.h"
#include "tls/secret_file.h"

namespace portcullis {
namespace {

using Stack =
    std::unique_ptr<STACK_OF(X509),
                    decltype([](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); })>;

// RFC 7292 section 6 and appendix C recommend 1024; exports of today have up to a million.
constexpr long kMaxIterations = 10'000'000;

Pkcs12Handle decode(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  Pkcs12Handle decoded(d2i_PKCS12(nullptr, &bytes, static_cast<long>(text.size())));
  ERR_clear_error();
  return decoded;
}

bool is_too_slow(const PKCS12* file) {
  const ASN1_INTEGER* iterations = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &iterations, file);
  return iterations != nullptr && ASN1_INTEGER_get(iterations) > kMaxIterations;
}

bool has_passphrase(PKCS12* file, const char* passphrase) {
  const bool right = PKCS12_mac_present(file) == 0 || PKCS12_verify_mac(file, passphrase, -1) == 1;
  ERR_clear_error();
  return right;
}

// What PKCS12_parse(3) finds.
struct Contents {
  KeyHandle key;
  X509Handle leaf;
  Stack issuers;
};

std::optional<Contents> contents_of(PKCS12* file, const char* passphrase) {
  EVP_PKEY* key = nullptr;
  X509* leaf = nullptr;
  STACK_OF(X509)* issuers = nullptr;
  const bool parsed = PKCS12_parse(file, passphrase, &key, &leaf, &issuers) == 1;
  ERR_clear_error();
  Contents contents{KeyHandle(key), X509Handle(leaf), Stack(issuers)};
  if (!parsed) return std::nullopt;
  return contents;
}

void put_in_order(std::vector<Certificate>& served) {
  for (std::size_t last = 0; last + 1 < served.size(); ++last) {
    const auto next = std::find_if(
        served.begin() + static_cast<std::ptrdiff_t>(last) + 1, served.end(),
        [&](const Certificate& other) { return names_as_issuer(served[last], other); });
    if (next == served.end()) return;
    std::iter_swap(served.begin() + static_cast<std::ptrdiff_t>(last) + 1, next);
  }
}

CertificateBundle bundle_of(const std::string& file, Contents contents, Diagnostics& found) {
  CertificateBundle bundle;
  bundle.has_leaf = contents.leaf != nullptr;
  if (bundle.has_leaf) bundle.served.push_back({file, 0, std::move(contents.leaf)});
  while (sk_X509_num(contents.issuers.get()) > 0) {
    bundle.served.push_back({file, 0, X509Handle(sk_X509_shift(contents.issuers.get()))});
  }
  if (bundle.served.size() > kMaxPemBlocks) {
    found.error(file, 0, {}, fmt::format("holds more than {} certificates", kMaxPemBlocks),
                "export the server's certificate with its issuers alone", "too-many-blocks");
    return {};
  }
  if (bundle.has_leaf) put_in_order(bundle.served);
  if (contents.key != nullptr) bundle.key = PrivateKey{file, 0, std::move(contents.key)};
  if (!bundle.key) {
    found.error(file, 0, {}, "holds no private key",
                "export it again with its key (\"yes, export the private key\")", "no-key");
  } else if (!bundle.has_leaf) {
    found.error(file, 0, {}, "holds no certificate that belongs to its key",
                "export the server's certificate and its key together", "no-certificate");
  }
  return bundle;
}

}  // namespace

CertificateBundle read_pkcs12_file(const std::string& file, const SecretText& passphrase,
                                   Diagnostics& found) {
  const auto refused = [&](std::string_view code, std::string reason, std::string repair) {
    found.error(file, 0, {}, std::move(reason), std::move(repair), code);
    return CertificateBundle{};
  };
  const auto read = read_secret_file(file, found);
  if (!read) return {};
  const Pkcs12Handle pkcs12 = decode(read->text.view());
  if (pkcs12 == nullptr) {
    return refused("not-pkcs12", "is no PKCS#12 file", "give PEM files by --certificate and --key");
  }
  if (is_too_slow(pkcs12.get())) {
    return refused("unsupported-pkcs12", "derives its key in more steps than anybody needs",
                   "export it again");
  }
  SecretText word(passphrase.view().size() + 1);  // with a NUL behind it
  std::ranges::copy(passphrase.view(), word.data());
  if (!has_passphrase(pkcs12.get(), word.data())) {
    return refused("wrong-passphrase", "has another passphrase",
                   "give the one that it was exported with");
  }
  auto contents = contents_of(pkcs12.get(), word.data());
  if (!contents) {
    return refused("unsupported-pkcs12", "is encrypted with what OpenSSL 3 no longer reads (RC2)",
                   "export it with AES-256, or write it anew by openssl pkcs12 -legacy");
  }
  return bundle_of(file, *std::move(contents), found);
}

}  // namespace portcullis
