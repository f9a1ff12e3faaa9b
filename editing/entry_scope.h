#pragma once

#include <compare>
#include <string>

#include "config/entry_text.h"
#include "policy/ip_prefix.h"

namespace portcullis {

// Whom an entry names, however it is spelled: 10.0.0.1, 10.0.0.1/32 and ::ffff:10.0.0.1 are one
// scope, and so are 10.0.0.0/8, 10.0.0.0:255.0.0.0 and 10.0.0.0-10.255.255.255. A value; copying a
// host name allocates.
struct EntryScope {
  // Of one family; meaningless for a host name.
  IpAddress first;
  IpAddress last;
  // In lower case, ".example.com" with its dot; empty for addresses.
  std::string name;

  bool is_name() const { return !name.empty(); }

  // True if every client that `other` names is named by this one too.
  bool covers(const EntryScope& other) const;
  bool covers(IpAddress address) const;

  // The shortest spelling that a list takes: "10.0.0.0/8", "10.0.0.1-10.0.0.9", ".example.com".
  std::string to_string() const;

  friend bool operator==(const EntryScope&, const EntryScope&) = default;
  friend auto operator<=>(const EntryScope&, const EntryScope&) = default;
};

EntryScope scope_of(const EntryText& entry);

}  // namespace portcullis
