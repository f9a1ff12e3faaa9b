#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/mta_service.h"

namespace portcullis {

// The daemons of a sendmail.cf: its DaemonPortOptions, or the one on port 25 that Sendmail runs
// without any. A key of theirs is known by its first letter, as Sendmail does it.
std::vector<MtaService> parse_sendmail_services(const std::string& sendmail_cf);

// The same of the file at `path`. Nothing if it cannot be read.
std::optional<std::vector<MtaService>> read_sendmail_services(const std::string& path);

}  // namespace portcullis
