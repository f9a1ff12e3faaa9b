#pragma once

#include <vector>

#include "config/mta_settings.h"

#include "host/mta_service.h"

namespace portcullis {

// The addresses and ports of the policy that another program has, or that this host does not have:
// told to listen there, Postfix ends itself, and Sendmail tries again and again for a minute in
// which it serves nobody. What the MTA listens on by `now` is its own and not tried. Binds each of
// the others for a moment, as the MTAs do: SO_REUSEADDR, IPv4 behind IPv6.
Diagnostics find_taken_ports(const MtaSettings& settings, const std::vector<MtaService>& now);

}  // namespace portcullis
