#pragma once

#include <string>

#include "config/mta_settings.h"

namespace portcullis::sendmail {

// The addresses and ports of the policy that another program has, or that cannot be listened on:
// Sendmail tries such a one again and again for a minute, in which it serves nobody. Ports of the
// daemons in `cf_file` are its own and not tried. Binds each of the others for a moment.
Diagnostics check_ports(const MtaSettings& settings, const std::string& cf_file);

}  // namespace portcullis::sendmail
