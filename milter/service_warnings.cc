#include "milter/service_warnings.h"

#include "milter/debug_lines.h"

namespace portcullis {

void ServiceWarnings::warn(const DaemonMacros& service, const std::string& taken,
                           std::uint64_t generation) {
  const std::string text = service_text(service);
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
