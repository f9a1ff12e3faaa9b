#include "config/section.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "config/entry_line.h"
#include "config/suggestion.h"

namespace portcullis {
namespace {

bool may_repeat(OptionType type) {
  return type == OptionType::clients;
}

bool may_continue(OptionType type) {
  return is_list(type) || type == OptionType::reply;
}

std::vector<std::string_view> known_words() {
  std::vector<std::string_view> words;
  for (const SectionForm& form : section_forms()) words.push_back(form.word);
  return words;
}

// What is wrong with the title of a section, if anything.
std::optional<Problem> check_title(std::string_view word, std::string_view name) {
  const SectionForm* const form = find_section_form(word);
  if (form == nullptr) {
    return Problem{"is not a kind of section", suggest(word, known_words())};
  }
  if (!form->named) {
    if (name.empty()) return {};
    return Problem{fmt::format("has a name, but there is only one [{}]", word),
                   fmt::format("write [{}]", word)};
  }
  if (name.empty()) {
    return Problem{"has no name", fmt::format("write [{} NAME]", word)};
  }
  if (!is_section_name(name)) {
    return Problem{"has a name that is not 1 to 32 letters, digits, '_', '.' or '-'",
                   "choose another name"};
  }
  if (name == "all") {
    return Problem{"has a name that means every listener", "choose another name"};
  }
  return {};
}

}  // namespace

Section::Section(SectionKind kind, std::string name, IniSection ini, const std::string& file,
                 Diagnostics& diagnostics)
    : kind_(kind),
      name_(std::move(name)),
      ini_(std::move(ini)),
      file_(&file),
      diagnostics_(&diagnostics) {
  check_keys();
  check_required();
}

std::string Section::title() const {
  return name_.empty() ? fmt::format("[{}]", to_string(kind_))
                       : fmt::format("[{} {}]", to_string(kind_), name_);
}

const IniKey* Section::find(std::string_view option) const {
  const auto found = std::ranges::find(ini_.keys, option, &IniKey::name);
  return found == ini_.keys.end() ? nullptr : &*found;
}

bool Section::has(std::string_view option) const {
  return find(option) != nullptr;
}

std::uint32_t Section::line_of(std::string_view option) const {
  const IniKey* const key = find(option);
  return key == nullptr ? ini_.line : key->line;
}

SectionPlace Section::place() const {
  SectionPlace place{line(), {}};
  for (const std::string_view name : option_names(kind_)) {
    if (has(name)) place.options.emplace_back(name, line_of(name));
  }
  return place;
}

std::string Section::text(std::string_view option) const {
  const IniKey* const key = find(option);
  if (key == nullptr) return std::string(find_option(kind_, option)->default_value);
  const Option* const row = find_option(kind_, option);
  if (key->pieces.empty()) return {};
  if (!may_continue(row->type)) return key->pieces.front().text;
  std::string text;
  for (const IniPiece& piece : key->pieces) {
    if (!text.empty() && !piece.text.empty()) text += ' ';
    text += piece.text;
  }
  return text;
}

std::vector<IniPiece> Section::pieces(std::string_view option) const {
  std::vector<IniPiece> all;
  for (const IniKey& key : ini_.keys) {
    if (key.name == option) all.insert(all.end(), key.pieces.begin(), key.pieces.end());
  }
  if (!has(option)) all.push_back({text(option), ini_.line});
  return all;
}

std::string Section::as_written(std::string_view option) const {
  return fmt::format("{} = {}", option, text(option));
}

void Section::error(std::string_view option, std::string reason, std::string repair) const {
  diagnostics_->error(*file_, line_of(option), as_written(option), std::move(reason),
                      std::move(repair), "bad-option");
}

void Section::warning(std::string_view option, std::string reason, std::string repair,
                      std::string_view code) const {
  diagnostics_->warning(*file_, line_of(option), as_written(option), std::move(reason),
                        std::move(repair), code);
}

void Section::error_at(const IniPiece& item, std::string reason, std::string repair) const {
  diagnostics_->error(*file_, item.line, item.text, std::move(reason), std::move(repair),
                      "bad-option");
}

void Section::check_keys() const {
  std::map<std::string_view, std::uint32_t> first_lines;
  for (const IniKey& key : ini_.keys) {
    check_key(key);
    const auto [first, is_first] = first_lines.emplace(key.name, key.line);
    const Option* const option = find_option(kind_, key.name);
    if (!is_first && option != nullptr && !may_repeat(option->type)) {
      diagnostics_->error(
          *file_, key.line, key.name,
          fmt::format("is given twice in {}, first in line {}", title(), first->second),
          "remove one of the two", "bad-option");
    }
  }
}

void Section::check_key(const IniKey& key) const {
  const Option* const option = find_option(kind_, key.name);
  if (key.pieces.empty()) return;  // refused, and reported
  if (option == nullptr) {
    diagnostics_->error(*file_, key.line, key.name, fmt::format("is not an option of {}", title()),
                        suggest(key.name, option_names(kind_)), "bad-option");
    return;
  }
  if (std::ranges::all_of(key.pieces, [](const IniPiece& p) { return p.text.empty(); })) {
    diagnostics_->error(*file_, key.line, key.name, "has no value",
                        "write a value, or remove the line to get the default", "bad-option");
  } else if (!may_continue(option->type) && key.pieces.size() > 1) {
    diagnostics_->error(*file_, key.pieces[1].line, key.pieces[1].text,
                        fmt::format("continues the value of {}, which is no list", key.name),
                        "start a setting in the first column", "bad-option");
  }
}

void Section::check_required() const {
  for (const Option& option : options()) {
    if (option.section != kind_ || !option.required || has(option.name)) continue;
    diagnostics_->error(*file_, ini_.line, title(), fmt::format("has no {}", option.name),
                        option.words.empty()
                            ? fmt::format("write {} = ...", option.name)
                            : fmt::format("write {} = {}", option.name, option.words),
                        "bad-option");
  }
}

std::vector<Section> make_sections(std::vector<IniSection> ini, const std::string& file,
                                   Diagnostics& diagnostics) {
  std::vector<Section> sections;
  std::map<std::string, std::uint32_t> first_lines;
  for (IniSection& section : ini) {
    if (section.title.empty()) continue;  // refused by the reader
    const std::size_t blank = std::min(section.title.find_first_of(" \t"), section.title.size());
    const std::string word = section.title.substr(0, blank);
    std::string name(trim(std::string_view(section.title).substr(blank)));
    if (const auto problem = check_title(word, name)) {
      diagnostics.error(file, section.line, '[' + section.title + ']', problem->reason,
                        problem->repair, "bad-section");
      continue;
    }
    const std::uint32_t line = section.line;
    const auto [first, is_first] = first_lines.emplace(fmt::format("{} {}", word, name), line);
    Section made(find_section_form(word)->kind, std::move(name), std::move(section), file,
                 diagnostics);
    if (is_first) {
      sections.push_back(std::move(made));
    } else {
      diagnostics.error(file, line, made.title(),
                        fmt::format("is there twice, first in line {}", first->second),
                        "join the two, or give one another name", "bad-section");
    }
  }
  return sections;
}

}  // namespace portcullis
