#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/policy.h"

namespace portcullis {

// Why an entry that covers a client decides, or does not.
enum class EntryFate : std::uint8_t {
  decides,
  expired,
  not_in_force,         // its class, on the listener
  less_specific,        // a shorter prefix or domain than that of the deciding entry
  exempt_before,        // the deciding entry is exempt
  permit_before_deny,   // of the same clients
  class_order,          // of the same clients, and of one action
  address_before_name,  // an address entry decides
};
// "decides", "expired", "not_in_force"...: the words of JSON.
std::string_view to_string(EntryFate fate);

// An entry that covers a client, in force or not.
struct CoveringEntry {
  EntryDescription entry;
  EntryFate fate{};
};

// Every entry that covers the client whose verdict this is: host names before addresses, the widest
// first.
std::vector<CoveringEntry> covering_entries(const Policy& policy, const Client& client, Time at,
                                            const Verdict& verdict);

}  // namespace portcullis
