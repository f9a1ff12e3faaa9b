#include "contrib/postfix/tls_profile.h"

#include "tls/tls_profile.h"

namespace portcullis {
namespace {

constexpr PostfixTlsProfile kModern = {
    ">=TLSv1.3", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1, !TLSv1.2", {}};

constexpr PostfixTlsProfile kIntermediate = {">=TLSv1.2", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1",
                                             kIntermediateCiphers};

}  // namespace

PostfixTlsProfile postfix_tls_profile(TlsProfile profile) {
  return profile == TlsProfile::modern ? kModern : kIntermediate;
}

}  // namespace portcullis
