#include "tls/tls_profile.h"

#include <algorithm>

#include "tls/openssl_handles.h"

namespace portcullis {
namespace {

bool is_known(SSL_CTX* context, const std::string& name) {
  if (name.empty() || SSL_CTX_set_cipher_list(context, name.c_str()) != 1) return false;
  // Words such as "HIGH" and "DEFAULT" are no names; and TLS 1.3 is always among them.
  const STACK_OF(SSL_CIPHER)* const all = SSL_CTX_get_ciphers(context);
  for (int i = 0; i < sk_SSL_CIPHER_num(all); ++i) {
    if (name == SSL_CIPHER_get_name(sk_SSL_CIPHER_value(all, i))) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> unknown_ciphers(std::string_view list) {
  const SslContextHandle context(SSL_CTX_new(TLS_server_method()));
  std::vector<std::string> unknown;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(':', start), list.size());
    std::string name(list.substr(start, end - start));
    if (!context || !is_known(context.get(), name)) unknown.push_back(std::move(name));
    start = end + 1;
  }
  return unknown;
}

}  // namespace portcullis
