#include "tls/tls_profile.h"

#include <gmock/gmock.h>

namespace portcullis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TlsProfile, OpensslOffersWhatIntermediateNames) {
  EXPECT_THAT(unknown_ciphers(kIntermediateCiphers), IsEmpty());
}

TEST(TlsProfile, NamesThatOpensslSkipsAreFound) {
  EXPECT_THAT(unknown_ciphers("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-RC5-SHA:AES128-SHA256"),
              ElementsAre("ECDHE-RSA-RC5-SHA"));
  EXPECT_THAT(unknown_ciphers("HIGH:+AES128-SHA256:!aNULL:"),
              ElementsAre("HIGH", "+AES128-SHA256", "!aNULL", ""));
  EXPECT_THAT(unknown_ciphers(""), ElementsAre(""));
}

}  // namespace
}  // namespace portcullis
