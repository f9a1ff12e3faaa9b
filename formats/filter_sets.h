#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "formats/reading.h"

namespace portcullis {

// What the sets of packet filters (ipset, nftables) have in common: a set holds addresses of one
// family, so that a list of both is two sets, and there are no names in it.

// How the two halves of a list are named: the name of the list, then a suffix by family.
struct SetNaming {
  std::string_view ipv4_suffix;
  std::string_view ipv6_suffix;
};

// A set that a text declares.
struct DeclaredSet {
  std::string name;
  std::optional<AddressFamily> family;  // nothing: a set of something else than addresses
  Problem problem = {};                 // why it cannot be read; without a reason: it can
  std::uint32_t line = 0;
  std::size_t elements = 0;
};

// "1 element", "2 elements".
std::string count_elements(std::size_t count);

// Which of `sets` to read: those of the name `wanted` (ReadOptions::set), or its two halves; if
// `wanted` is empty, the only one, or the only two if they are halves of one list. The others are
// reported as notes. Nothing, and an error reported, if that is none or leaves a choice.
std::vector<std::size_t> select_sets(Reading& reading, std::span<const DeclaredSet> sets,
                                     std::string_view wanted, const SetNaming& naming);

// One element of a set: address, network or range. IPv4-mapped IPv6 in an IPv6 set is read as IPv4
// with a note: as it stands it matches no IPv4 client. Host bits: as Reading::add_text() has it.
// What is wrong is refused, and nothing is returned.
std::optional<Listed> read_element(Reading& reading, std::string_view text, AddressFamily family,
                                   std::uint32_t line);

// Refuses both halves of "everyone" if `entries` holds them: no set can hold a prefix of length 0,
// and 0.0.0.0/1 with 128.0.0.0/1, or ::/1 with 8000::/1, says it all the same. They are
// taken out of `entries`.
void refuse_everyone(Reading& reading, std::vector<ListEntry>& entries);

// A comment that fits into a set: without quotation marks, which no set can hold (they become
// apostrophes), and at most `limit` bytes long, cut between characters.
std::string set_comment(std::string_view comment, std::size_t limit);

}  // namespace portcullis
