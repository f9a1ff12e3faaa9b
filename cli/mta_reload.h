#pragma once

#include <optional>
#include <string>

#include "cli/report.h"
#include "config/mta_settings.h"

#include "host/mta_service.h"

namespace portcullis {

// Makes a running mail server read its configuration and certificates again: `postfix reload`, or
// SIGHUP to the Sendmail daemon that its PidFile names, for which the issuers of the certificates
// of `policy` are written first. `config_dir`: where main.cf or sendmail.cf is; nothing for the
// usual place. Does not wait for what comes of it.
Found<void> reload_mta(Mta mta, const std::optional<std::string>& config_dir,
                       const MtaSettings& policy);

}  // namespace portcullis
