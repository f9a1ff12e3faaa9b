#pragma once

#include <string>
#include <unordered_set>
#include <utility>

namespace portcullis {

// The lines of a text, each of them once: importers of appliances refuse or count duplicates.
class UniqueLines {
 public:
  // Adds to `text`, which outlives this.
  explicit UniqueLines(std::string& text) : text_(text) {}

  void add(std::string line) {
    line += '\n';
    if (const auto [added, is_new] = lines_.insert(std::move(line)); is_new) text_ += *added;
  }
  std::size_t size() const { return lines_.size(); }

 private:
  std::string& text_;
  std::unordered_set<std::string> lines_;
};

}  // namespace portcullis
