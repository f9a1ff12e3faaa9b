#pragma once

#include <memory>
#include <string>

#include "tests/mta/support/mta_instance.h"

namespace portcullis::testing {

// A private MTA that gets its configuration from a policy: GeneratedPostfix or GeneratedSendmail.
// `options.settings` are lines of main.cf or sendmail.mc before the policy comes.
std::unique_ptr<MtaInstance> make_generated(MtaKind kind, const std::string& policy,
                                            MtaOptions options);

}  // namespace portcullis::testing
