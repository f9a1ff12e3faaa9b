#include "cli/certificate/host_arguments.h"

#include <fmt/format.h>

#include "config/host_name_text.h"
#include "policy/ip_address.h"

namespace portcullis {

Found<void> check_hosts(const std::vector<std::string>& hosts) {
  for (const std::string& host : hosts) {
    if (IpAddress::parse(host)) continue;
    const auto name = parse_host_name(host);
    if (name && !host.starts_with('.') && !host.ends_with('.')) continue;
    return tl::unexpected(failure(
        ExitCode::bad_data, fmt::format("--host \"{}\" {}", host,
                                        name ? "starts or ends with a dot" : name.error().reason)));
  }
  return {};
}

}  // namespace portcullis
