#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace portcullis {

// A word, a string without its quotation marks, or one of the marks { } , ; = and the line end.
struct NftToken {
  enum class Kind : std::uint8_t { word, string, mark, line_end, end };
  Kind kind = Kind::end;
  std::string_view text;
  std::uint32_t line = 0;

  bool is_mark(char c) const { return kind == Kind::mark && text.front() == c; }
  bool is_word(std::string_view word) const { return kind == Kind::word && text == word; }
  bool ends_statement() const {
    return kind == Kind::end || kind == Kind::line_end || is_mark(';') || is_mark('}');
  }
};

// Takes a text of nft apart. Comments from "#" to the end of the line are left out, and so is a
// line end behind "\". A string that is not closed ends with its line. The last token is `end`.
std::vector<NftToken> split_nft_tokens(std::string_view text);

}  // namespace portcullis
