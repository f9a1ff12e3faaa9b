#pragma once

#include <string>
#include <vector>

#include "cli/report.h"

namespace portcullis {

// The values of --host, which must be names and addresses that a certificate can be for: anything
// else is a slip of the typist, and refused. A wildcard is none: clients connect to hosts.
Found<void> check_hosts(const std::vector<std::string>& hosts);

}  // namespace portcullis
