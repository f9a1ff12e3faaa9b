#pragma once

namespace portcullis {

// What portcullis ends with: the codes of sysexits(3).
enum class ExitCode : int {
  ok = 0,
  differs = 1,          // diff: as diff(1) has it
  usage = 64,           // EX_USAGE: an option or argument that there is none of
  bad_data = 65,        // EX_DATAERR: an argument that is not what it should be
  no_policy_file = 66,  // EX_NOINPUT
  unavailable = 69,     // EX_UNAVAILABLE: no daemon answers, or no tool of the MTA
  internal = 70,        // EX_SOFTWARE
  mta_broken = 71,      // EX_OSERR: a change of the MTA failed, and so did taking it back
  write_failed = 74,    // EX_IOERR: standard output or a file takes no more
  rolled_back = 75,     // EX_TEMPFAIL: a change of the MTA failed, and was taken back
  too_early = 75,       // EX_TEMPFAIL: check --unused, and the daemon has not counted long enough
  no_permission = 77,   // EX_NOPERM
  bad_policy = 78,      // EX_CONFIG
};

}  // namespace portcullis
