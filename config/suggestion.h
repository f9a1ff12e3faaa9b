#pragma once

#include <span>
#include <string>
#include <string_view>

namespace portcullis {

// The candidate that `word` is most likely a misspelling of (by edit distance), or empty.
std::string_view closest(std::string_view word, std::span<const std::string_view> candidates);

// The repair for an unknown word: "did you mean port? known here: port, reply".
std::string suggest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace portcullis
