#include "milter/descriptor_limit.h"

#include <string>

#include <sys/resource.h>
#include <sysexits.h>

namespace portcullis {

Started<void> raise_descriptor_limit(std::uint32_t max_sessions) {
  const rlim_t needed = rlim_t{max_sessions} + kReservedDescriptors;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= needed) return {};
  const rlim_t allowed = limit.rlim_max;
  limit.rlim_cur = needed;
  if (limit.rlim_max < needed) limit.rlim_max = needed;  // only root may
  if (::setrlimit(RLIMIT_NOFILE, &limit) == 0) return {};
  return start_error(EX_OSERR, "max_sessions = " + std::to_string(max_sessions) + " needs " +
                                   std::to_string(needed) +
                                   " open files, but this process may have only " +
                                   std::to_string(allowed) +
                                   "; raise LimitNOFILE (ulimit -n) or lower max_sessions");
}

}  // namespace portcullis
