#pragma once

#include <string>

namespace portcullis {

// What every subcommand takes.
struct CommonOptions {
  std::string policy_file = "/etc/portcullis/portcullis.conf";
  bool json = false;
};

}  // namespace portcullis
