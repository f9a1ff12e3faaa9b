#pragma once

#include <string_view>

namespace portcullis {

// Whether `text` is meant as one address or one CIDR network, right or wrong: digits and dots, or
// hexadecimal digits with two colons or more, then perhaps a "/" and no dot. What parse_entry()
// takes beyond that (host names, masks, ranges) is not in every format.
bool is_plain_network(std::string_view text);

}  // namespace portcullis
