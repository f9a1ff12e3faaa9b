#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "config/entry_text.h"

namespace portcullis {

// A host name, or a domain with a leading dot. Letters, digits, hyphens and underscores; labels of
// at most 63 and a name of at most 253 octets (RFC 1035 section 2.3.4). A name whose last label is
// a number is refused: no such name exists (RFC 3696 section 2), it is a mistyped address.
tl::expected<EntryText, Problem> parse_host_name(std::string_view text);

}  // namespace portcullis
