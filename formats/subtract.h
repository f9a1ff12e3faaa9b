#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/list_entry.h"

namespace portcullis {

// A domain that stays whole although a name in it is listed.
struct WholeDomain {
  std::uint32_t line = 0;
  std::string domain;  // ".example.com"
  std::string name;    // the first that is listed: "mx.example.com", ".sub.example.com"
};

struct Subtraction {
  std::vector<ListEntry> entries;  // in their order; the pieces of an entry stand together
  std::size_t removed = 0;         // entries that are gone
  std::size_t cut = 0;             // entries of which a part is left
  std::vector<WholeDomain> whole;
};

// Takes what `except` lists out of the entries, whatever the actions and expiries of `except`:
//   addresses   exactly: an entry that is covered goes, one that is covered in part is cut into the
//               fewest networks that remain, with its action, expiry, comment and line; any other
//               stays as it is
//   host names  a name goes if it is listed, or if it is at or below a listed ".domain"; a domain
//               with a listed name in it stays, for no entry can say the rest: it is in `whole`
//   senders     those that are listed go
// O(n log n + pieces): a million entries in about a second.
Subtraction subtract(std::vector<ListEntry> entries, std::span<const ListEntry> except);

}  // namespace portcullis
