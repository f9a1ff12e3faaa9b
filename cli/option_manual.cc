#include "cli/option_manual.h"

#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/options.h"

namespace portcullis {
namespace {

// Text for a line of its own: a sentence a line, nothing taken for a macro or an escape.
std::string mdoc_text(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_line = out.empty() || out.back() == '\n';
    if (starts_line && (text[i] == '.' || text[i] == '\'')) out += "\\&";
    if (text[i] == '\\') {
      out += "\\e";
    } else if (text[i] == ' ' && i > 0 && text[i - 1] == '.') {
      out += '\n';
    } else {
      out += text[i];
    }
  }
  return out + '\n';
}

// What may be written as a value.
std::string value_words(const Option& option) {
  if (option.type == OptionType::choice) {
    return fmt::format("{}", fmt::join(split_words(option), " | "));
  }
  std::string words(to_string(option.type));
  for (std::size_t at = 0; (at = words.find('|', at)) != std::string::npos; at += 3) {
    words.replace(at, 1, " | ");
  }
  return words;
}

// "Default: 25." and what else there is to know, or nothing.
std::string remarks(const Option& option) {
  std::string out;
  if (option.required) out += "Must be given.\n";
  if (!option.default_value.empty()) {
    out += fmt::format("Default:\n.Ql {} .\n", option.default_value);
  } else if (!option.default_note.empty()) {
    out += fmt::format("Default: {}.\n", option.default_note);
  }
  if (option.reload == Reload::restart_needed) out += "A change needs a restart.\n";
  if (!option.mta_setting.empty()) {
    out += mdoc_text(fmt::format("Delivered by the MTA's {}.", option.mta_setting));
  }
  return out;
}

std::string section_manual(const SectionForm& form) {
  std::string out = fmt::format(".Ss [{}{}]\n{}.Bl -tag -width Ds\n", form.word,
                                form.named ? " NAME" : "", mdoc_text(form.about));
  for (const Option& option : options()) {
    if (option.section != form.kind) continue;
    out += fmt::format(".It Ic {} No = Ar {}\n", option.name, value_words(option));
    out += mdoc_text(option.help);
    out += remarks(option);
  }
  return out + ".El\n";
}

}  // namespace

std::string option_manual() {
  std::string out;
  for (const SectionForm& form : section_forms()) out += section_manual(form);
  return out;
}

}  // namespace portcullis
