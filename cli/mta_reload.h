#pragma once

#include <optional>
#include <string>

#include "cli/report.h"

#include "host/mta_service.h"

namespace portcullis {

// Makes a running mail server read its configuration and certificates again: `postfix reload`, or
// SIGHUP to the Sendmail daemon that its PidFile names. `config_dir`: where main.cf or sendmail.cf
// is; nothing for the usual place. Does not wait for what comes of it.
Found<void> reload_mta(Mta mta, const std::optional<std::string>& config_dir);

}  // namespace portcullis
