#pragma once

#include "formats/format.h"

namespace portcullis {

// hosts.allow and hosts.deny of TCP wrappers (hosts_access(5), hosts_options(5)). Read only.
//
// "daemons : clients [: option]", "\" at the end of a line continues it. Lines for a daemon of
// ReadOptions::daemons are read, others noted. Entries permit if the file is called hosts.allow,
// and deny if it is called hosts.deny; the options ALLOW and DENY say it for a line. Without any of
// these an entry has no action of its own, with a warning. What stands behind EXCEPT becomes
// entries of the other action, which have to be narrower than what they are excepted from: the
// longest prefix then decides as the nesting does. An exception that another line lists all the
// same is refused, and so is one from a line without an action. A name that comes before an address
// with another action, which decides first in a class, gets a warning. Shell commands, and patterns
// that are no address or name (ALL, LOCAL, netgroups, files, wildcards), are refused with what to
// do instead.
ListReading read_hosts_allow(std::string_view text, const ReadOptions& options);

}  // namespace portcullis
