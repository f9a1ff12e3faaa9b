#pragma once

#include <string>

#include <sys/types.h>

#include "milter/start_error.h"

namespace portcullis {

// Whom the daemon runs as.
struct Identity {
  std::string user;  // its name; empty if its number has none
  uid_t uid = 0;
  gid_t gid = 0;
  bool drop = false;  // we are root and must become this user
};

// The identity for `user`: that user when we are root, else whoever we are.
// Error: unknown user, or root itself.
Started<Identity> find_identity(const std::string& user);

// The number of a group. An empty name is no group: -1, which chown(2) leaves as it is.
Started<gid_t> find_group(const std::string& name);

// Becomes the identity for good: groups, group and user, checked that there is no way back, and no
// new privileges for whatever is executed. Does only the last when there is nothing to drop.
// To be called before the first thread is started.
Started<void> assume_identity(const Identity& identity);

}  // namespace portcullis
