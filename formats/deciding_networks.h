#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "formats/writing.h"

namespace portcullis {

// A network of a list, with the entry that it belongs to: a range has several.
struct DecidingNetwork {
  IpPrefix network;
  const ListEntry* entry = nullptr;  // points into the list
  Action action = Action::deny;
};

// Whether two actions let a client in, or keep it out, alike.
inline bool same_side(Action a, Action b) {
  return (a == Action::deny) == (b == Action::deny);
}

// Of two entries that name the same, the stronger is heard.
unsigned strength(Action action);

// Why a format cannot hold this network of an entry, completing `"entry" is left out: ...`; empty
// if it can.
using ReasonToLeaveOut = std::function<std::string(const ListEntry&, const IpPrefix&)>;

// The networks that decide in a list, for a format that is to hold them all: in the order of the
// list, of equal ones the strongest (exempt, permit, deny), and none inside an exempt one. What the
// format cannot hold, or not for long enough, is left out and reported as a loss; but if a wider
// network that is written would then have the opposite say about its clients, the writing is
// refused. So every address that a network of the result covers gets from the longest of them what
// it gets from the list. Names and senders are passed over. O(n log n).
std::vector<DecidingNetwork> deciding_networks(std::span<const ListEntry> entries, Writing& writing,
                                               const ReasonToLeaveOut& reason = {});

// True if the longest prefix would be lost in a table where the first match decides: then wider
// networks have to stand behind narrower ones.
bool has_both_sides(std::span<const DecidingNetwork> networks);

}  // namespace portcullis
