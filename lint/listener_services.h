#pragma once

#include <vector>

#include "policy/listener.h"

#include "host/mta_service.h"

namespace portcullis {

// The services whose clients come to the listener, as find_listener() in policy/listener.h tells
// them: by daemon_name, else by port and address. Those that ask no milter are left out.
std::vector<const MtaService*> services_of(const std::vector<Listener>& listeners,
                                           const Listener& listener,
                                           const std::vector<MtaService>& services);

}  // namespace portcullis
