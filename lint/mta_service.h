#pragma once

#include <cstdint>
#include <string>

namespace portcullis {

// One SMTP service of the host's MTA, as far as a listener of ours can be told by it.
struct MtaService {
  std::string where;        // "/etc/postfix/master.cf: smtp inet"
  std::string daemon_name;  // what it says in {daemon_name}; may be empty
  std::uint16_t port = 0;
};

}  // namespace portcullis
