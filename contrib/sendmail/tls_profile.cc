#include "contrib/sendmail/tls_profile.h"

#include "tls/tls_profile.h"

namespace portcullis::sendmail {
namespace {

constexpr ProfileOptions kModern = {
    "+SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1 +SSL_OP_NO_TLSv1_2", {}};

constexpr ProfileOptions kIntermediate = {"+SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1",
                                          kIntermediateCiphers};

}  // namespace

ProfileOptions profile_options(TlsProfile profile) {
  return profile == TlsProfile::modern ? kModern : kIntermediate;
}

}  // namespace portcullis::sendmail
