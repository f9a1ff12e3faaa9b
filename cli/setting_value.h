#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/options.h"

namespace portcullis {

// The value of a setting as the command line gives it, and as a policy file has it.

// True if the value may go on over several lines.
bool may_continue(OptionType type);

// The items of a list: between commas and line ends, without blanks around them.
std::vector<std::string> items_of_value(std::string_view text);

// True if two items of such a list name the same, in whatever spelling, and with whatever fields.
bool same_item(OptionType type, std::string_view a, std::string_view b);
// True if their fields say the same as well.
bool same_fields(OptionType type, std::string_view a, std::string_view b);

// Ways to write the value, the best one first; the next is for when that does not fit. An empty
// first line leaves nothing beside the key. `over_lines`: the value that is there goes on over
// several lines.
std::vector<std::vector<std::string>> ways_to_write(OptionType type, std::string_view value,
                                                    bool over_lines);

}  // namespace portcullis
