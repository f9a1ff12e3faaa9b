#include "tests/mta/generated/generated_mta.h"

#include "tests/mta/generated/generated_postfix.h"
#include "tests/mta/generated/generated_sendmail.h"

namespace portcullis::testing {

std::unique_ptr<MtaInstance> make_generated(MtaKind kind, const std::string& policy,
                                            MtaOptions options) {
  if (kind == MtaKind::postfix) {
    return std::make_unique<GeneratedPostfix>(policy, std::move(options));
  }
  return std::make_unique<GeneratedSendmail>(policy, std::move(options));
}

}  // namespace portcullis::testing
