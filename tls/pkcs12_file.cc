#include "tls/pkcs12_file.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <tl/expected.hpp>

#include "tls/pem_blocks.h"
#include "tls/pkcs12_cost.h"
#include "tls/secret_file.h"

namespace portcullis {
namespace {

using Stack =
    std::unique_ptr<STACK_OF(X509),
                    decltype([](STACK_OF(X509) * stack) { sk_X509_pop_free(stack, X509_free); })>;

Pkcs12Handle decode(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  Pkcs12Handle decoded(d2i_PKCS12(nullptr, &bytes, static_cast<long>(text.size())));
  ERR_clear_error();
  return decoded;
}

bool has_mac(const PKCS12* file) {
  return PKCS12_mac_present(file) == 1;
}

bool is_verified(PKCS12* file, const char* passphrase) {
  const bool verified = PKCS12_verify_mac(file, passphrase, -1) == 1;
  ERR_clear_error();
  return verified;
}

// The passphrase as the file has it, or nothing if it has another one. Programs disagree about what
// an empty one is: two zero bytes (RFC 7292 appendix B.1), or none at all, which is null. Without a
// MAC it cannot be told: then it is as PKCS12_parse(3) takes it.
std::optional<const char*> passphrase_of(PKCS12* file, const char* passphrase) {
  const bool is_empty = *passphrase == '\0';
  if (!has_mac(file)) return is_empty ? nullptr : passphrase;
  if (is_verified(file, passphrase)) return passphrase;
  if (is_empty && is_verified(file, nullptr)) return nullptr;
  return std::nullopt;
}

// What PKCS12_parse(3) finds.
struct Contents {
  KeyHandle key;
  X509Handle leaf;
  Stack issuers;
};

// Whether one of OpenSSL's errors is that it has no such algorithm. Forgets all of them.
bool was_unsupported() {
  bool unsupported = false;
  while (const unsigned long error = ERR_get_error()) {
    unsupported = unsupported || ERR_GET_REASON(error) == ERR_R_UNSUPPORTED;
  }
  return unsupported;
}

// Why the contents cannot be read.
Problem why_unreadable(PKCS12* file, const std::string& path) {
  const bool unsupported = was_unsupported();
  if (!has_mac(file)) {
    return {"has no MAC, by which its passphrase could be checked",
            fmt::format("export it with one, or make PEM of it by openssl pkcs12 -noenc -in {0} "
                        "-out {0}.pem and give that by --certificate and --key",
                        path)};
  }
  if (unsupported) {
    return {"is encrypted with what OpenSSL 3 no longer reads (RC2)",
            "export it with AES-256, or write it anew by openssl pkcs12 -legacy"};
  }
  return {"has the passphrase, but what is in it cannot be decrypted with it",
          "export it again, with one passphrase for all of it"};
}

tl::expected<Contents, Problem> contents_of(PKCS12* file, const char* passphrase,
                                            const std::string& path) {
  EVP_PKEY* key = nullptr;
  X509* leaf = nullptr;
  STACK_OF(X509)* issuers = nullptr;
  const bool parsed = PKCS12_parse(file, passphrase, &key, &leaf, &issuers) == 1;
  Contents contents{KeyHandle(key), X509Handle(leaf), Stack(issuers)};
  if (!parsed) return tl::unexpected(why_unreadable(file, path));
  ERR_clear_error();
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
  const auto too_slow = [&] {
    return refused("unsupported-pkcs12", "derives its keys in more steps than anybody needs",
                   "export it again");
  };
  if (has_slow_mac(pkcs12.get())) return too_slow();
  SecretText word(passphrase.view().size() + 1);  // with a NUL behind it
  std::ranges::copy(passphrase.view(), word.data());
  const auto right = passphrase_of(pkcs12.get(), word.data());
  if (!right) {
    return refused("wrong-passphrase", "has another passphrase",
                   "give the one that it was exported with");
  }
  if (has_slow_contents(pkcs12.get(), *right)) return too_slow();
  auto contents = contents_of(pkcs12.get(), *right, file);
  if (!contents) {
    auto& [reason, repair] = contents.error();
    return refused("unsupported-pkcs12", std::move(reason), std::move(repair));
  }
  return bundle_of(file, *std::move(contents), found);
}

}  // namespace portcullis
