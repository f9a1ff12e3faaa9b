#pragma once

#include <optional>

#include "config/policy_file.h"
#include "milter/daemon.h"
#include "milter/listening_socket.h"
#include "milter/milter_server.h"
#include "milter/privileges.h"
#include "milter/start_error.h"

namespace portcullis {

// What the daemon needs root for, if it has it: done in the order in which it is declared.
struct BoundSockets {
  Identity identity;
  ListeningSocket milter;
  std::optional<ListeningSocket> control;  // none if control_socket is empty
};

// The [daemon] section, or all errors of the policy and its lists as one text.
Started<DaemonSettings> read_settings(const std::string& policy_file);

// Finds the user, raises the limit of open files, makes both sockets, hands the milter's to
// libmilter, and gives up root for good. `milter_socket` is where the MTA connects.
Started<BoundSockets> bind_and_drop(const DaemonSettings& settings,
                                    const std::string& milter_socket);

// Reads the policy as the user we have become, so that what the daemon could not reload it does not
// start with either. The error holds all diagnostics.
Started<LoadedPolicy> read_policy(const std::string& policy_file, const Identity& identity);

}  // namespace portcullis
