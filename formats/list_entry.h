#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/entry_line.h"
#include "config/entry_text.h"
#include "policy/ip_prefix.h"
#include "policy/verdict.h"

namespace portcullis {

// A host name, as a list of ours has it: "mx.example.com" is that name alone, ".example.com" the
// domain and all below it. Lower case.
struct ListedName {
  std::string text;
  friend auto operator<=>(const ListedName&, const ListedName&) = default;
};

// Mail addresses, as lists of senders have them: "user@example.com", "@example.com" (the domain
// alone), "@*widget.com" (every domain whose text ends so, label or not: Ipswitch IMail). Lower
// case. No class of clients can hold one.
struct ListedSender {
  std::string text;
  friend auto operator<=>(const ListedSender&, const ListedSender&) = default;
};

// Whom an entry names. A network has no host bits, and an address is a network of full length.
using Listed = std::variant<IpPrefix, AddressRange, ListedName, ListedSender>;

// One entry of a list, whatever program the list was written for.
struct ListEntry {
  Listed listed;
  // What the list itself says of the entry. Empty where the format has no actions (the class that
  // it is imported into decides). `exempt` never comes from a reader.
  std::optional<Action> action;
  std::optional<Time> expires;
  std::string comment;     // printable, no line end, no blanks at its ends; may be empty
  std::uint32_t line = 0;  // where it was read; 0: nowhere

  // The line is no part of what an entry is.
  friend bool operator==(const ListEntry& a, const ListEntry& b) {
    return a.listed == b.listed && a.action == b.action && a.expires == b.expires &&
           a.comment == b.comment;
  }
};

// As a list of ours has it: "192.0.2.0/24", "192.0.2.1-192.0.2.9", ".example.com", "@example.com".
std::string to_string(const Listed& listed);

// An entry of a line that parse_entry_line() has taken.
ListEntry make_entry(const EntryLine& line);

// The networks that hold exactly the addresses of a network or range; none for a name or a sender.
// ::ffff:0:0/96 is never one of them, though a range of IPv6 may hold it: no client has such an
// address here, and another program could take it for every IPv4 client.
std::vector<IpPrefix> networks_of(const Listed& listed);

}  // namespace portcullis
