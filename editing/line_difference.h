#pragma once

#include <string>
#include <string_view>

namespace portcullis {

// What has to be done to `before` to make it `after`, in the unified format of diff(1) with three
// lines of context, both under the name `file`; empty if they are equal. A last line without a line
// end is told as diff does. Cost: lines times differences (Myers 1986); beyond kMaxDifferences the
// middle is given as removed and added whole.
std::string line_difference(std::string_view before, std::string_view after, std::string_view file);

constexpr std::size_t kMaxDifferences = 1000;

}  // namespace portcullis
