#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {

// Address and name pairs, as in /etc/hosts: {"127.0.0.9", "mx.partner.test"}.
using HostNames = std::vector<std::pair<std::string, std::string>>;

// Wraps `command` so that it runs on a host called mx.test that knows the names in `hosts`,
// localhost and itself, and asks no name server for addresses: a slow or dead one would hold up
// every connection. It sees an /etc/hosts and an /etc/nsswitch.conf of its own, in namespaces that
// end with it; the process stays the same through every exec. What it asks the DNS itself (MX) goes
// to `name_server`, an address, or to that of the machine.
//
// Where mount namespaces are not to be had (in a chroot, in some containers) the command uses the
// machine's names; then `hosts` must be empty, or std::runtime_error.
std::vector<std::string> with_private_names(const ScratchDirectory& scratch, const HostNames& hosts,
                                            const std::vector<std::string>& command,
                                            const std::string& name_server = {});

}  // namespace portcullis::testing
