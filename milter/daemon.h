#pragma once

#include <string>

namespace portcullis {

// What the command line says.
struct DaemonOptions {
  std::string policy_file = "/etc/portcullis/portcullis.conf";
  std::string socket;  // empty: as the policy file has it
  bool verbose = false;
};

// Reads the policy and all its lists, prints every error and warning on standard error, and returns
// EX_OK or EX_CONFIG.
int check_policy(const DaemonOptions& options);

// Runs the daemon. Returns only if it cannot start, with a code of sysexits(3), after the reason
// has been printed and logged; once it serves, the process ends here, by _exit(2): libmilter's
// threads cannot be stopped, and must not see anything destroyed.
int run_daemon(DaemonOptions options);

}  // namespace portcullis
