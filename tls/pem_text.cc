#include "tls/pem_text.h"

#include <algorithm>
#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>

namespace portcullis {
namespace {

// What has been written to a memory BIO.
std::string_view text_in(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

}  // namespace

std::string pem_of(X509* certificate) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return std::string(text_in(bio.get()));
}

std::string pem_of(X509_REQ* request) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(bio.get(), request);
  return std::string(text_in(bio.get()));
}

// OpenSSL wipes the memory of a BIO_s_mem() when it is freed or grows (BUF_MEM_grow_clean(3)).
SecretText pem_of(const EVP_PKEY* key) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  ERR_clear_error();
  const std::string_view text = text_in(bio.get());
  SecretText secret(text.size());
  std::ranges::copy(text, secret.data());
  secret.set_size(text.size());
  return secret;
}

}  // namespace portcullis
