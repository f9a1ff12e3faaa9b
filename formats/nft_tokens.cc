#include "formats/nft_tokens.h"

#include <algorithm>

namespace portcullis {
namespace {

constexpr std::string_view kMarks = "{},;=";
constexpr std::string_view kEndOfWord = " \t\r\n\"#{},;=";

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<NftToken> split() {
    while (at_ < text_.size()) take();
    add(NftToken::Kind::end, 0);
    return std::move(tokens_);
  }

 private:
  void take() {
    const char c = text_[at_];
    if (c == '\n') {
      add(NftToken::Kind::line_end, 1);
      ++line_;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '#') {
      at_ = find("\n");
    } else if (c == '"') {
      take_string();
    } else if (kMarks.find(c) != std::string_view::npos) {
      add(NftToken::Kind::mark, 1);
    } else if (text_.substr(at_).starts_with("\\\n")) {
      at_ += 2;
      ++line_;
    } else {
      add(NftToken::Kind::word, find(kEndOfWord) - at_);
    }
  }

  void take_string() {
    ++at_;
    add(NftToken::Kind::string, find("\"\n") - at_);
    if (at_ < text_.size() && text_[at_] == '"') ++at_;
  }

  std::size_t find(std::string_view characters) const {
    return std::min(text_.find_first_of(characters, at_), text_.size());
  }

  void add(NftToken::Kind kind, std::size_t length) {
    tokens_.push_back({kind, text_.substr(at_, length), line_});
    at_ += length;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::vector<NftToken> tokens_;
};

}  // namespace

std::vector<NftToken> split_nft_tokens(std::string_view text) {
  return Splitter(text).split();
}

}  // namespace portcullis
