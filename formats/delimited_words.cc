#include "formats/delimited_words.h"

#include <algorithm>

#include "config/entry_line.h"

namespace portcullis {
namespace {

constexpr std::string_view kDelimiters = ",; \t";
constexpr std::string_view kBlanks = " \t";

std::size_t word_end(std::string_view line, std::size_t from) {
  return std::min(line.find_first_of(kDelimiters, from), line.size());
}

// The quoted field that starts at `start`.
DelimitedWord quoted_word(std::string_view line, std::size_t start) {
  DelimitedWord word{.text = {}, .start = start, .end = line.size()};
  for (std::size_t at = start + 1; at < line.size(); ++at) {
    if (line[at] != '"') {
      word.text += line[at];
    } else if (line.substr(at + 1).starts_with('"')) {
      word.text += line[++at];
    } else {
      word.end = word_end(line, at + 1);
      if (word.end != at + 1) {
        word.problem = Problem{"goes on behind its closing quotation mark",
                               "put a comma behind a quoted field"};
      }
      return word;
    }
  }
  word.problem = Problem{"has no closing quotation mark"};
  return word;
}

DelimitedWord plain_word(std::string_view line, std::size_t start) {
  const std::size_t end = word_end(line, start);
  DelimitedWord word{
      .text = std::string(line.substr(start, end - start)), .start = start, .end = end};
  if (word.text.find('"') != std::string::npos) {
    word.problem = Problem{"has a quotation mark within", "quote a whole field, or nothing of it"};
  }
  return word;
}

}  // namespace

std::vector<DelimitedWord> split_delimited_words(std::string_view line) {
  std::vector<DelimitedWord> words;
  std::size_t end = 0;
  while (true) {
    const std::size_t start = line.find_first_not_of(kDelimiters, end);
    if (start == std::string_view::npos) return words;
    DelimitedWord word = line[start] == '"' ? quoted_word(line, start) : plain_word(line, start);
    word.after_blanks =
        start > end && line.substr(end, start - end).find_first_not_of(kBlanks) == line.npos;
    word.text = std::string(trim(word.text));
    end = word.end;
    if (!word.text.empty() || word.problem) words.push_back(std::move(word));
  }
}

}  // namespace portcullis
