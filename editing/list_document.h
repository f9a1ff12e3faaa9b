#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/entry_line.h"

#include "editing/entry_scope.h"

namespace portcullis {

// What is written of an entry beside whom it names.
struct EntryNotes {
  std::optional<Time> expires;
  std::string comment;  // printable, no line end; may be empty
};

// What becomes of an entry; what is not set stays as it is written.
struct EntryChange {
  std::optional<EntryScope> scope;
  std::optional<std::optional<Time>> expires;
  std::optional<std::string> comment;
};

// A line that names what was looked for.
struct FoundEntry {
  std::size_t sought = 0;  // its place among what was looked for
  std::uint32_t line = 0;
  std::optional<Time> expires;
};

// A list file while it is edited: all that is not edited stays as it is, byte for byte: comments,
// blank lines, order, spelling, line ends, a byte order mark. Lines that cannot be read name
// nobody. For one thread. Cost: every member goes through the whole text once; a million lines take
// a fraction of a second.
class ListDocument {
 public:
  explicit ListDocument(std::string_view text) : text_(text) {}

  const std::string& text() const { return text_; }
  // The number of lines that hold an entry, readable or not.
  std::size_t entries() const;

  // Every line that names one of `sought`, in whatever spelling, in the order of the lines.
  std::vector<FoundEntry> find(std::span<const EntryScope> sought) const;

  // Adds a line for each of them at the end. Returns the number of the first.
  std::uint32_t append(std::span<const EntryScope> scopes, const EntryNotes& notes);
  // Changes the entry of a line. Precondition: find() has found it.
  void change(std::uint32_t line, const EntryChange& change);
  // Takes out whole lines. `lines` is sorted. A list that would be empty gets a comment line, since
  // a file with nothing in it is refused as one that was cut short.
  void remove(std::span<const std::uint32_t> lines);
  // Takes out all entries. Lines of comments and blank lines stay.
  void clear();

 private:
  std::string_view line_end() const;

  std::string text_;
};

}  // namespace portcullis
