#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace portcullis {

// `text` made fit for a terminal or a log: printable ASCII is kept, every other byte becomes \xNN.
// At most `max_length` characters; what is cut ends in "...". For text that others chose: list
// lines, host names, HELO arguments. Cost: O(max_length), however long the text is.
std::string printable(std::string_view text, std::size_t max_length);

}  // namespace portcullis
