#pragma once

#include <sys/types.h>

namespace portcullis::testing {

// Ends the process groups that this program started when the program itself ends without running
// its destructors: a crash, an assertion, SIGKILL after a time-out. PR_SET_PDEATHSIG would not do:
// the kernel clears it when the daemon drops its privileges.
//
// A small forked process holds the read end of a pipe that closes with us. watch() and unwatch()
// tell it the groups; both may be called from any thread.
void watch_process_group(pid_t group);
void unwatch_process_group(pid_t group);

}  // namespace portcullis::testing
