#include "tls/pem_file.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>

#include "tls/openssl_handles.h"
#include "tls/secret_file.h"

namespace portcullis {
namespace {

struct FileProblem {
  std::string_view code;
  std::string reason;
  std::string repair;
};

// Calls a d2i function of OpenSSL on the text.
template <typename Handle, auto kDecode>
bool is_der_of(std::string_view text) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const Handle decoded(kDecode(nullptr, &bytes, static_cast<long>(text.size())));
  ERR_clear_error();
  return decoded != nullptr;
}

FileProblem not_pem(const std::string& path, std::string_view text) {
  if (is_der_of<X509Handle, d2i_X509>(text)) {
    return {"der-given", "is a certificate in DER, not in PEM",
            fmt::format("openssl x509 -inform DER -in {0} -out {0}.pem", path)};
  }
  if (is_der_of<Pkcs12Handle, d2i_PKCS12>(text)) {
    return {"pkcs12-given", "is a PKCS#12 file, not PEM",
            fmt::format("openssl pkcs12 -in {0} -nokeys -out {0}.crt, and "
                        "openssl pkcs12 -in {0} -nocerts -noenc -out {0}.key",
                        path)};
  }
  if (is_der_of<KeyHandle, d2i_AutoPrivateKey>(text)) {
    return {"der-given", "is a private key in DER, not in PEM",
            fmt::format("openssl pkey -inform DER -in {0} -out {0}.pem", path)};
  }
  return {"not-pem", "holds no PEM block",
          "a certificate starts with a line -----BEGIN CERTIFICATE-----"};
}

}  // namespace

std::optional<PemFile> read_pem_file(const std::string& path, Diagnostics& found) {
  auto file = read_secret_file(path, found);
  if (!file) return std::nullopt;
  PemFile pem{path, file->state, std::move(file->text), {}};
  const std::size_t errors = found.errors();
  pem.blocks = find_pem_blocks(pem.text.view(), path, found);
  if (!pem.blocks.empty()) return pem;
  if (found.errors() == errors) {
    FileProblem problem = not_pem(path, pem.text.view());
    found.error(path, 0, {}, std::move(problem.reason), std::move(problem.repair), problem.code);
  }
  return std::nullopt;
}

}  // namespace portcullis
