#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/filter_sets.h"

namespace portcullis {

// A set of nftables as it was found in a text, before it is known whether it is the one to read.
struct NftElement {
  std::string value;                     // an address, a network or a range
  std::optional<std::uint64_t> timeout;  // seconds; 0: never
  std::optional<std::uint64_t> expires;  // seconds that are left
  std::string comment;
  Problem problem;  // why it cannot be read; without a reason: it can
  std::uint32_t line = 0;
};
struct NftSet {
  std::string table;  // "inet mail"
  DeclaredSet declared;
  std::optional<std::uint64_t> timeout;  // of elements that have none of their own
  std::vector<NftElement> elements;
};

// All sets of a text. What is no set is passed over with a note; what cannot be understood at all
// is refused.
std::vector<NftSet> find_nft_text_sets(Reading& reading, std::string_view text);
std::vector<NftSet> find_nft_json_sets(Reading& reading, std::string_view text);

// The family of a type: "ipv4_addr"; of an expression: "ip saddr".
std::optional<AddressFamily> nft_family(std::string_view type);

// Why a set of another type is not read.
Problem not_of_addresses(std::string_view type);

// "1d2h3m4s500ms" in whole seconds; nothing if it is no time, or longer than a hundred years.
std::optional<std::uint64_t> parse_nft_time(std::string_view text);

}  // namespace portcullis
