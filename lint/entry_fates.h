#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "policy/entry_table.h"

namespace portcullis {

// What becomes of an entry among the others, on all listeners where its class is in force.
enum class Fate : std::uint8_t {
  decides,          // for some client, now or later
  covered,          // a wider entry of its class does the same, for as long
  covered_alike,    // a wider entry of another class treats the client alike
  overruled,        // another class says the same network or name, and is heard first
  overruled_alike,  // the same, and that class treats the client alike
  under_exempt,     // an exempt entry covers its addresses, and beats it whatever its length
  held_by_others,   // more specific entries hold every address of it
};

// True if no client is ever decided by an entry of this fate.
bool never_decides(Fate fate);

struct EntryFate {
  EntryIndex entry{};
  Fate fate = Fate::decides;
  EntryIndex by{};  // the entry that covers or overrules it; unused if held_by_others
};

// Networks and names, each network of a range by itself.
struct EntryFates {
  std::vector<EntryFate> needless;  // all that are not Fate::decides, in the order of the table
  // By ClassIndex: how many of its entries have not expired, and how many of those never decide.
  std::vector<std::size_t> in_force;
  std::vector<std::size_t> idle;
};

// An entry that has expired at `now` is not there at all. Without one entry of `needless`, or all
// of them, no client is treated in another way, at `now` or later. Not all such entries are found:
// smaller networks that expire are not taken to hold a wider one, where classes are in force on
// different listeners one that says a network again may pass for needed, and one entry may become
// needless only when another has gone.
EntryFates find_entry_fates(const Policy& policy, Time now);

// True if a client of the one class is treated as one of the other, but for the name in the log.
bool treat_alike(const ClientClass& a, const ClientClass& b);

}  // namespace portcullis
