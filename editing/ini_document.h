#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "editing/ini_text_line.h"

namespace portcullis {

// IniDocument is a policy file that is being edited: its lines as they are, and what the reader of
// policy files makes of them. An edit changes the lines that it is about, and leaves every other
// byte alone: comments, order, blanks, line ends, a byte order mark. Takes any text, one with
// errors too: an edit may be what mends it. A refused edit changes nothing.
//
// Sections go by their titles, "daemon" or "class blocked"; of two with one title (an error) the
// first counts. Every new line has been read back before it stands here, so no value can become a
// section, a setting or a comment. Whether the policy is right is for load_policy() to say.
//
// A value type; not thread safe. An edit costs one pass over the text.
class IniDocument {
 public:
  using Edited = tl::expected<void, Problem>;
  using Matches = std::function<bool(std::string_view item)>;

  explicit IniDocument(std::string_view text);

  std::string text() const;

  // In the order of the file. Refused titles are not there.
  std::vector<std::string> titles() const;
  bool has_section(std::string_view title) const;
  // The number of the line, from 1, where the key stands first, or where the section starts.
  std::optional<std::uint32_t> line_of(std::string_view title, std::string_view key) const;
  std::optional<std::uint32_t> line_of(std::string_view title) const;
  // What each line of the key says, wherever it stands; nothing if it is not there.
  std::vector<std::string> value(std::string_view title, std::string_view key) const;

  // Writes the key with this value: the first line stands beside the name, the others below it. In
  // place, with the spelling around '=' and a comment behind; lines below that say the same as
  // before stay as they are, and a list that stands wholly below its name goes on to. If the key is
  // there twice, the first is written and the others are removed. A new key goes behind the last
  // one of its section, spelled like its neighbours.
  Edited set(std::string_view title, std::string_view key, const std::vector<std::string>& value);

  // Removes the lines of the key, not the comments above or between them. False if it is not there.
  bool unset(std::string_view title, std::string_view key);

  // Adds one item to the end of a list: to its line if it has one that holds it, else on a line of
  // its own.
  Edited add_item(std::string_view title, std::string_view key, std::string_view item);

  // Removes every item that `matches`, and a line that holds nothing else. Returns how many there
  // were. If nothing is left of the list, the key goes too.
  std::size_t remove_items(std::string_view title, std::string_view key, const Matches& matches);

  // Adds an empty section behind the last one of its kind, or at the end.
  Edited add_section(std::string_view title);

  // Removes a section: its lines up to the next one, and the comment lines directly above its title
  // (no blank line between). Comments that start in the first line are the file's, and stay. False
  // if it is not there.
  bool remove_section(std::string_view title);

 private:
  using Lines = std::vector<IniTextLine>;
  // Places of the lines of one key: that of its name, and those that continue it.
  struct KeyLines {
    std::size_t first = 0;
    std::vector<std::size_t> more;

    std::size_t last() const { return more.empty() ? first : more.back(); }
  };

  // What was taken out of one line of a list.
  struct Removal {
    std::size_t items = 0;
    bool is_empty = false;  // nothing is left in the line
  };

  std::optional<std::size_t> find_section(std::string_view title) const;
  std::size_t next_title(std::size_t title_line) const;
  std::size_t start_of_section(std::size_t title_line) const;
  std::size_t end_of_section(std::size_t title_line) const;
  std::vector<KeyLines> find_key(std::string_view title, std::string_view key) const;

  std::string new_key_text(std::size_t title_line, std::string_view key,
                           std::string_view value) const;
  tl::expected<Lines, Problem> continuations(const std::vector<std::string>& value,
                                             std::size_t near) const;
  Edited insert_key(std::size_t title_line, std::string_view key,
                    const std::vector<std::string>& value);
  Edited replace_value(const KeyLines& at, std::size_t title_line, std::string_view key,
                       std::vector<std::string> value);
  void replace_continuations(const KeyLines& at, Lines wanted);
  Removal remove_from_line(std::size_t place, const Matches& matches);

  void classify_all();
  void insert(std::size_t at, Lines lines);
  void erase(const std::vector<std::size_t>& places);

  std::string_view byte_order_mark_;
  Lines lines_;
};

}  // namespace portcullis
