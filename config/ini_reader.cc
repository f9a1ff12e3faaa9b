#include "config/ini_reader.h"

#include <algorithm>
#include <optional>

#include <ini.h>

#include "config/ini_line.h"

namespace portcullis {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Feeds inih one checked line at a time and takes back what it makes of each.
class IniReader {
 public:
  IniReader(std::string_view text, const std::string& file, Diagnostics& diagnostics)
      : rest_(text), file_(file), diagnostics_(diagnostics) {}

  std::vector<IniSection> read() {
    const int first_bad_line =
        ini_parse_stream(&IniReader::next_line, this, &IniReader::take, this);
    // Every line was checked before: inih and we must agree on all of them.
    if (first_bad_line != 0 && !diagnostics_.has_errors()) {
      diagnostics_.error(file_, static_cast<std::uint32_t>(std::max(first_bad_line, 0)), {},
                         "cannot be understood");
    }
    if (!sections_.empty()) sections_.back().last_line = line_;
    return std::move(sections_);
  }

 private:
  // inih's fgets(3). An empty line stands for each that it must not see, so that its count of lines
  // stays ours.
  static char* next_line(char* buffer, int size, void* self) {
    auto& reader = *static_cast<IniReader*>(self);
    const auto line = reader.next_checked_line();
    if (!line || size < 2) return nullptr;
    const std::size_t length = line->copy(buffer, static_cast<std::size_t>(size) - 2);
    buffer[length] = '\n';
    buffer[length + 1] = '\0';
    return buffer;
  }

  // inih's handler: it calls once for a key and once for every continuation line.
  static int take(void* self, const char*, const char* name, const char* value) {
    auto& reader = *static_cast<IniReader*>(self);
    auto& keys = reader.sections_.back().keys;
    if (reader.kind_ == IniLine::Kind::key) keys.push_back({name, reader.line_, {}});
    keys.back().pieces.push_back({value, reader.line_});
    return 1;
  }

  std::optional<std::string_view> next_checked_line() {
    if (rest_.empty()) return {};
    ++line_;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return check(line);
  }

  std::string_view check(std::string_view line) {
    auto checked = check_ini_line(line, place_);
    if (!checked) {
      IniLineProblem& found = checked.error();
      diagnostics_.error(file_, line_, found.culprit, found.problem.reason, found.problem.repair,
                         "bad-line");
      if (found.repaired.empty()) return refuse(line, found.kind);
      repaired_ = std::move(found.repaired);
      return check(repaired_);
    }
    kind_ = checked->kind;
    if (kind_ == IniLine::Kind::section) return start_section(checked->title);
    if (kind_ == IniLine::Kind::continuation && value_refused_) return {};
    if (kind_ == IniLine::Kind::key) {
      place_.in_value = true;
      value_refused_ = false;
    }
    return checked->text;
  }

  // What inih sees instead of a refused line. Lines that continue a refused key go with it: inih
  // would add them to the key before.
  std::string_view refuse(std::string_view line, IniLine::Kind kind) {
    if (kind == IniLine::Kind::section) return start_section({});
    if (kind == IniLine::Kind::key && place_.in_section) {
      const std::string_view name = trim(line.substr(0, line.find('=')));
      sections_.back().keys.push_back({std::string(name), line_, {}});
      place_.in_value = true;
      value_refused_ = true;
    }
    return {};
  }

  std::string_view start_section(std::string_view title) {
    kind_ = IniLine::Kind::section;
    place_ = {.in_section = true, .in_value = false};
    value_refused_ = false;
    if (!sections_.empty()) sections_.back().last_line = line_ - 1;
    sections_.push_back({std::string(title), line_, line_, {}});
    return "[section]";  // its name is ours to keep; inih only has to forget the last key
  }

  std::string_view rest_;
  const std::string& file_;
  Diagnostics& diagnostics_;
  std::vector<IniSection> sections_;
  IniPlace place_;
  std::string repaired_;        // the current line as it was meant
  bool value_refused_ = false;  // the key above was refused, and so is what continues it
  IniLine::Kind kind_ = IniLine::Kind::nothing;
  std::uint32_t line_ = 0;
};

}  // namespace

std::vector<IniSection> read_ini(std::string_view text, const std::string& file,
                                 Diagnostics& diagnostics) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return IniReader(text, file, diagnostics).read();
}

}  // namespace portcullis
