// Whether the listeners of the policy and the services of the MTA are the same.

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lint/listener_services.h"
#include "lint/questions.h"

namespace portcullis {
namespace {

std::string milter_repair(Mta mta) {
  return mta == Mta::postfix ? "set smtpd_milters in main.cf to the socket of [daemon]"
                             : "write an INPUT_MAIL_FILTER with the socket of [daemon]";
}

std::string name_repair(const Listener& listener, Mta mta) {
  if (mta == Mta::sendmail) {
    return fmt::format("write Name={} in its DAEMON_OPTIONS, or remove the listener",
                       listener.daemon_name);
  }
  return fmt::format(
      "write -o milter_macro_daemon_name={} in its master.cf entry, or remove the "
      "listener",
      listener.daemon_name);
}

std::string described(const MtaService& service) {
  return fmt::format("{}, daemon_name {}, port {}", service.where,
                     service.daemon_name.empty() ? "none" : service.daemon_name, service.port);
}

}  // namespace

void find_unused_listeners(const LintInput& input, Diagnostics& found) {
  if (input.services.empty()) return;
  const Mta mta = input.services.front().mta;
  if (std::ranges::none_of(input.services, &MtaService::asks_milter)) {
    found.warning(input.path, 0, to_string(mta), "asks no milter: this policy is not in force",
                  milter_repair(mta), "mta-without-milter");
    return;
  }
  const std::vector<Listener>& listeners = input.loaded.policy->listeners();
  std::set<const MtaService*> served;
  for (std::size_t l = 0; l < listeners.size(); ++l) {
    const auto services = services_of(listeners, listeners[l], input.services);
    served.insert(services.begin(), services.end());
    if (!services.empty()) continue;
    found.warning(input.path, input.loaded.listeners[l].line,
                  fmt::format("[listener {}]", listeners[l].name),
                  fmt::format("is no service of {} that asks a milter: none is named {} or has "
                              "port {}",
                              to_string(mta), listeners[l].daemon_name, listeners[l].port),
                  name_repair(listeners[l], mta), "unused-listener");
  }
  const auto assumed = static_cast<std::size_t>(find_listener(listeners, {}).listener);
  for (const MtaService& service : input.services) {
    if (!service.asks_milter || served.contains(&service)) continue;
    found.warning(
        input.path, input.loaded.listeners[assumed].line,
        fmt::format("[listener {}]", listeners[assumed].name),
        fmt::format("is assumed for a service that no listener matches: {}", described(service)),
        "write a [listener NAME] for it", "unmatched-service");
  }
}

}  // namespace portcullis
