#include "tls/self_signed.h"

#include <openssl/bn.h>
#include <openssl/err.h>

#include "tls/new_key.h"
#include "tls/pem_text.h"
#include "tls/subject.h"

namespace portcullis {
namespace {

using NumberHandle = std::unique_ptr<BIGNUM, FreedBy<BN_free>>;

constexpr int kSerialBits = 127;  // RFC 5280 section 4.1.2.2: positive, of at most 20 octets

bool set_serial(X509* certificate) {
  const NumberHandle number(BN_new());
  return BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_dates(X509* certificate, Time from, std::chrono::days lifetime) {
  const std::time_t begin = from.time_since_epoch().count();
  const std::time_t end = (from + lifetime).time_since_epoch().count();
  return ASN1_TIME_set(X509_getm_notBefore(certificate), begin) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), end) != nullptr;
}

bool add(X509* certificate, const ExtensionHandle& extension) {
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add(X509* certificate, int kind, const char* value) {
  return add(certificate, ExtensionHandle(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value)));
}

bool add_extensions(X509* certificate, KeyType type, const std::vector<std::string>& hosts) {
  // keyEncipherment: the RSA key exchange of TLS 1.2, which old clients still ask for.
  const char* usage = type == KeyType::rsa_3072 ? "critical,digitalSignature,keyEncipherment"
                                                : "critical,digitalSignature";
  return add(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add(certificate, NID_key_usage, usage) &&
         add(certificate, NID_ext_key_usage, "serverAuth") &&
         add(certificate, alternative_names(hosts));
}

}  // namespace

std::optional<PemSet> make_self_signed(KeyType type, const std::vector<std::string>& hosts,
                                       Time from, std::chrono::days lifetime) {
  const KeyHandle key = make_key(type);
  const X509Handle certificate(X509_new());
  const SubjectHandle subject = subject_for(hosts);
  const bool made = key != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                    set_serial(certificate.get()) && set_dates(certificate.get(), from, lifetime) &&
                    X509_set_subject_name(certificate.get(), subject.get()) == 1 &&
                    X509_set_issuer_name(certificate.get(), subject.get()) == 1 &&
                    X509_set_pubkey(certificate.get(), key.get()) == 1 &&
                    add_extensions(certificate.get(), type, hosts) &&
                    X509_sign(certificate.get(), key.get(), digest_for(type)) > 0;
  ERR_clear_error();
  if (!made) return std::nullopt;
  return PemSet{pem_of(certificate.get()), {}, pem_of(key.get())};
}

}  // namespace portcullis
