#include "contrib/postfix/tls_profile.h"

namespace portcullis {
namespace {

constexpr PostfixTlsProfile kModern = {
    ">=TLSv1.3", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1, !TLSv1.2", {}};

constexpr PostfixTlsProfile kIntermediate = {
    ">=TLSv1.2", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1",
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"};

}  // namespace

PostfixTlsProfile postfix_tls_profile(TlsProfile profile) {
  return profile == TlsProfile::modern ? kModern : kIntermediate;
}

}  // namespace portcullis
