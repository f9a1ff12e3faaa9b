#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"
#include "config/ini_reader.h"
#include "config/options.h"
#include "config/section_place.h"
#include "config/value_text.h"

namespace portcullis {

// One section of the policy file, held against the option table. Its accessors give the value of an
// option, written or by default, and report a value that is none of its type.
class Section {
 public:
  // Reports unknown options, options given twice and required ones that are missing.
  Section(SectionKind kind, std::string name, IniSection ini, const std::string& file,
          Diagnostics& diagnostics);

  SectionKind kind() const { return kind_; }
  const std::string& name() const { return name_; }
  std::uint32_t line() const { return ini_.line; }
  std::uint32_t last_line() const { return ini_.last_line; }
  const std::string& file() const { return *file_; }

  // "[class partners]".
  std::string title() const;

  // True if the option is written here.
  bool has(std::string_view option) const;
  // Where the option is written, or else where the section starts.
  std::uint32_t line_of(std::string_view option) const;
  // Where the section and what is written in it stand.
  SectionPlace place() const;
  // As it is written (several lines joined by a blank), or by default.
  std::string text(std::string_view option) const;
  // The lines of a list.
  std::vector<IniPiece> pieces(std::string_view option) const;

  // Reports something about the option where it is written.
  void error(std::string_view option, std::string reason, std::string repair) const;
  void warning(std::string_view option, std::string reason, std::string repair,
               std::string_view code = "useless-option") const;

  // Reports something about one item of a list.
  void error_at(const IniPiece& item, std::string reason, std::string repair) const;

  // The value by the parser of its type; what is wrong with it is reported, and nothing returned.
  // Nothing too for an option that is not written and has no default.
  template <typename T>
  std::optional<T> value(std::string_view option,
                         Parsed<T> (*parse)(std::string_view, const Option&)) const {
    const std::string written = text(option);
    const Option& row = *find_option(kind_, option);
    if (written.empty()) return {};
    auto parsed = parse(written, row);
    if (parsed) return std::optional<T>(*std::move(parsed));
    error(option, parsed.error().reason, parsed.error().repair);
    return {};
  }

  // The enumerator of a choice: the option's words stand in the order of the enumeration.
  template <typename Enum>
  std::optional<Enum> choice(std::string_view option) const {
    const auto place = value(option, parse_choice);
    return place ? std::optional(static_cast<Enum>(*place)) : std::nullopt;
  }

 private:
  const IniKey* find(std::string_view option) const;
  std::string as_written(std::string_view option) const;  // "port = 25"
  void check_keys() const;
  void check_key(const IniKey& key) const;
  void check_required() const;

  SectionKind kind_;
  std::string name_;
  IniSection ini_;
  const std::string* file_;
  Diagnostics* diagnostics_;
};

// The sections of a policy file whose titles are right; the others are reported. `file` and
// `diagnostics` must outlive them.
std::vector<Section> make_sections(std::vector<IniSection> ini, const std::string& file,
                                   Diagnostics& diagnostics);

}  // namespace portcullis
