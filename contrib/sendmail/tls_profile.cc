#include "contrib/sendmail/tls_profile.h"

namespace portcullis::sendmail {
namespace {

constexpr ProfileOptions kModern = {
    "+SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1 +SSL_OP_NO_TLSv1_2", {}};

constexpr ProfileOptions kIntermediate = {
    "+SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1",
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"};

}  // namespace

ProfileOptions profile_options(TlsProfile profile) {
  return profile == TlsProfile::modern ? kModern : kIntermediate;
}

}  // namespace portcullis::sendmail
