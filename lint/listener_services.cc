#include "lint/listener_services.h"

#include <algorithm>

namespace portcullis {
namespace {

bool is_named(const std::vector<Listener>& listeners, const MtaService& service) {
  return !service.daemon_name.empty() &&
         std::ranges::find(listeners, service.daemon_name, &Listener::daemon_name) !=
             listeners.end();
}

}  // namespace

std::vector<const MtaService*> services_of(const std::vector<Listener>& listeners,
                                           const Listener& listener,
                                           const std::vector<MtaService>& services) {
  std::vector<const MtaService*> found;
  for (const MtaService& service : services) {
    if (!service.asks_milter) continue;
    const bool by_name = service.daemon_name == listener.daemon_name;
    const bool by_port =
        !is_named(listeners, service) &&
        (service.port == listener.port || service.port == listener.implicit_tls_port) &&
        (!service.address || listener.addresses.includes(*service.address));
    if (by_name || by_port) found.push_back(&service);
  }
  return found;
}

}  // namespace portcullis
