#include "tls/certificate_request.h"

#include <openssl/err.h>

#include "tls/new_key.h"
#include "tls/pem_text.h"
#include "tls/subject.h"

namespace portcullis {
namespace {

struct FreeExtensions {
  void operator()(STACK_OF(X509_EXTENSION) * stack) const {
    sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
  }
};

bool add_names(X509_REQ* request, const std::vector<std::string>& hosts) {
  const std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensions> extensions(
      sk_X509_EXTENSION_new_null());
  ExtensionHandle names = alternative_names(hosts);
  if (names == nullptr || sk_X509_EXTENSION_push(extensions.get(), names.get()) == 0) return false;
  static_cast<void>(names.release());
  return X509_REQ_add_extensions(request, extensions.get()) == 1;
}

}  // namespace

std::optional<NewRequest> make_request(KeyType type, const std::vector<std::string>& hosts) {
  const KeyHandle key = make_key(type);
  const RequestHandle request(X509_REQ_new());
  const SubjectHandle subject = subject_for(hosts);
  const bool made = key != nullptr && X509_REQ_set_version(request.get(), 0) == 1 &&
                    X509_REQ_set_subject_name(request.get(), subject.get()) == 1 &&
                    X509_REQ_set_pubkey(request.get(), key.get()) == 1 &&
                    add_names(request.get(), hosts) &&
                    X509_REQ_sign(request.get(), key.get(), digest_for(type)) > 0;
  ERR_clear_error();
  if (!made) return std::nullopt;
  return NewRequest{pem_of(key.get()), pem_of(request.get())};
}

}  // namespace portcullis
