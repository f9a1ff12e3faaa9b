#include "milter/service_warnings.h"

#include "policy/printable.h"

namespace portcullis {

void ServiceWarnings::warn(const DaemonMacros& service, const std::string& taken,
                           std::uint64_t generation) {
  constexpr std::size_t kMaxLength = 100;
  const std::string text = "daemon_name=" + printable(service.name, kMaxLength) +
                           " daemon_addr=" + printable(service.address, kMaxLength) +
                           " daemon_port=" + printable(service.port, kMaxLength);
  if (!is_news(text, generation)) return;
  log_.warning("no listener matches the MTA's service " + text + ": it is judged as listener " +
               taken + "; give a listener its daemon_name, or its address and port");
}

bool ServiceWarnings::is_news(const std::string& service, std::uint64_t generation) {
  auto seen = seen_.lock();
  if (generation > seen->generation) {
    seen->generation = generation;
    seen->services.clear();
  }
  if (seen->services.size() >= kMaxRemembered) return false;
  return seen->services.insert(service).second;
}

}  // namespace portcullis
