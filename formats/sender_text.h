#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "formats/reading.h"

namespace portcullis {

// "user@example.com", "@example.com" or "@*widget.com". The user is of the characters of a
// Dot-string (RFC 5321 section 4.1.2; quoted strings are refused), the domain a host name in ASCII.
// IP addresses are refused: they are clients. Folded to lower case.
tl::expected<ListedSender, Problem> parse_sender(std::string_view text);

// As Reading::add_text(), in a format that holds senders too: what has an @ is one.
bool add_client_or_sender(Reading& reading, std::string_view text, ListEntry like);

}  // namespace portcullis
