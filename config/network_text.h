#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "config/entry_text.h"

namespace portcullis {

// The parts of a network as they were written: "10.0.0.0/8", "10.0.0.0/255.0.0.0",
// "10.0.0.0:255.0.0.0". Each refuses what it does not take with a Problem about the whole `text`.
tl::expected<EntryText, Problem> parse_slash_network(std::string_view text);
tl::expected<EntryText, Problem> parse_colon_mask_network(std::string_view text);

// One address, or why not. `suffix` is what follows it in the entry, for the repair.
tl::expected<WrittenAddress, Problem> parse_address_text(std::string_view text,
                                                         std::string_view suffix = {});

}  // namespace portcullis
