#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace portcullis {

// What is said once of many entries: the first of them, and how many there are.
class Tally {
 public:
  void add(std::uint32_t line, std::string_view text) {
    if (count_++ > 0) return;
    line_ = line;
    text_ = text;
  }

  bool empty() const { return count_ == 0; }
  std::uint32_t line() const { return line_; }
  const std::string& text() const { return text_; }
  // ", and so are 12 more"; nothing for one.
  std::string and_more() const {
    if (count_ < 2) return {};
    return fmt::format(", and so {} {} more", count_ == 2 ? "is" : "are", count_ - 1);
  }

 private:
  std::size_t count_ = 0;
  std::uint32_t line_ = 0;
  std::string text_;
};

}  // namespace portcullis
