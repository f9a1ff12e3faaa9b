#include "tls/pem_file.h"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <unistd.h>

#include "tls/openssl_handles.h"

namespace portcullis {
namespace {

struct FileProblem {
  std::string_view code;
  std::string reason;
  std::string repair;
};

class OpenFile {
 public:
  // O_NONBLOCK: opening a FIFO that nobody writes to must not wait.
  explicit OpenFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

FileProblem cannot_be_read(int error) {
  std::string reason = "cannot be read: " + std::generic_category().message(error);
  if (error == ENOENT) return {"not-found", std::move(reason), "give the path of the file"};
  if (error == EACCES) {
    return {"permission-denied", std::move(reason), "run the command as root, or as its owner"};
  }
  return {"unreadable", std::move(reason), {}};
}

std::optional<FileProblem> read_all(int fd, SecretText& text) {
  std::size_t filled = 0;
  while (filled < text.capacity()) {
    const ssize_t n = ::read(fd, text.data() + filled, text.capacity() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_be_read(errno);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  text.set_size(filled);
  if (filled == 0) return FileProblem{"empty-file", "is empty", "write the PEM blocks into it"};
  if (filled > kMaxPemBytes) {
    return FileProblem{"file-too-large", fmt::format("is larger than {} MiB", kMaxPemBytes >> 20),
                       "leave the certificate and its issuers in it, nothing else"};
  }
  return std::nullopt;
}

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
  const auto refused = [&](FileProblem problem) {
    found.error(path, 0, {}, std::move(problem.reason), std::move(problem.repair), problem.code);
    return std::nullopt;
  };
  const OpenFile file(path);
  if (file.fd() < 0) return refused(cannot_be_read(errno));
  // One byte more than may be there, so that a file that is too large is noticed.
  PemFile pem{path, {}, SecretText(kMaxPemBytes + 1), {}};
  if (::fstat(file.fd(), &pem.state) != 0) return refused(cannot_be_read(errno));
  if (!S_ISREG(pem.state.st_mode)) {
    return refused({"not-a-file", "is not a regular file", "give the path of the file itself"});
  }
  if (auto problem = read_all(file.fd(), pem.text)) return refused(*std::move(problem));
  const std::size_t errors = found.errors();
  pem.blocks = find_pem_blocks(pem.text.view(), path, found);
  if (!pem.blocks.empty()) return pem;
  if (found.errors() == errors) return refused(not_pem(path, pem.text.view()));
  return std::nullopt;
}

}  // namespace portcullis
