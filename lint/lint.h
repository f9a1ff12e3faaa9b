#pragma once

#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/policy_file.h"
#include "policy/network_entries.h"

#include "host/host_addresses.h"
#include "host/mta_service.h"

namespace portcullis {

// What is known of a policy and of the machine it is for.
struct LintInput {
  std::string path;            // of the policy file
  const LoadedPolicy& loaded;  // with LoadOptions::keep_repeated
  HostAddresses host;
  std::vector<MtaService> services;  // of the host's MTA; empty: nothing is known of it
  Time now{};
};

// What a policy says that can be loaded and was hardly meant. Warnings and notes, none an error;
// each with its place, the repair and a code that does not change. Of one code the first
// kMaxShownOfACode are kept, in the order of files and lines, and the rest is counted.
//
// Reads no file and no clock. Cost: a few passes over the entries, each with those around it:
// linear but for the depth of nesting. Memory: about 40 bytes an entry.
Diagnostics lint(const LintInput& input);

inline constexpr std::size_t kMaxShownOfACode = 20;

}  // namespace portcullis
