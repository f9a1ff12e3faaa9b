#include "cli/setting_name.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/entry_line.h"
#include "config/suggestion.h"

namespace portcullis {
namespace {

bool is_implied_title(std::string_view title) {
  const SectionForm* const form = find_section_form(title);
  return form != nullptr && is_implied(*form);
}

// "\"listener  inbound\"" as "listener inbound".
std::string normal(std::string_view text) {
  text = trim(text);
  if (text.size() > 1 && text.starts_with('"') && text.ends_with('"')) {
    text = trim(text.substr(1, text.size() - 2));
  }
  const std::size_t blank = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view name = trim(text.substr(blank));
  return fmt::format("{}{}{}", text.substr(0, blank), name.empty() ? "" : " ", name);
}

std::string_view name_in(std::string_view title) {
  return title.substr(std::min(title.find(' ') + 1, title.size()));  // npos + 1 is 0
}

Report no_such_section(std::string_view text, const std::vector<std::string>& titles) {
  std::vector<std::string_view> known;
  for (const SectionForm& form : section_forms()) {
    if (is_implied(form)) known.push_back(form.word);
  }
  for (const std::string& title : titles) {
    if (!is_implied_title(title)) known.emplace_back(title);
  }
  // A name alone is most like the name alone.
  std::vector<std::string_view> names;
  std::ranges::transform(known, std::back_inserter(names), name_in);
  const std::string_view like = closest(text, names);
  if (text.find(' ') != std::string_view::npos || like.empty()) {
    return refusal(ExitCode::bad_data, text, "is no section of the policy", suggest(text, known));
  }
  const auto meant =
      known[static_cast<std::size_t>(std::ranges::find(names, like) - names.begin())];
  return refusal(ExitCode::bad_data, text, "is no section of the policy",
                 fmt::format("did you mean {}? known here: {}", meant, fmt::join(known, ", ")));
}

}  // namespace

std::string SettingName::text() const {
  return fmt::format("[{}] {}", section, option->name);
}

Report refusal(ExitCode code, std::string_view culprit, std::string_view reason,
               std::string_view repair) {
  Report report{code, {}, fmt::format("portcullis: \"{}\" {}\n", shown(culprit), shown(reason))};
  if (!repair.empty()) report.errors += fmt::format("    {}\n", shown(repair));
  return report;
}

Found<std::string> find_section(std::string_view text, const std::vector<std::string>& titles) {
  const std::string wanted = normal(text);
  if (is_implied_title(wanted) || std::ranges::find(titles, wanted) != titles.end()) return wanted;
  std::vector<std::string> named;
  for (const std::string& title : titles) {
    if (name_in(title) == wanted && title != wanted) named.push_back(title);
  }
  if (named.size() == 1) return named.front();
  if (named.empty()) return tl::unexpected(no_such_section(wanted, titles));
  return tl::unexpected(refusal(ExitCode::bad_data, wanted, "is the name of several sections",
                                fmt::format("write one of: {}", fmt::join(named, ", "))));
}

Found<SettingName> find_setting(std::string_view text, const std::vector<std::string>& titles) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos) {
    return tl::unexpected(refusal(ExitCode::bad_data, text, "names no setting",
                                  "write SECTION.KEY, such as \"listener inbound.port\""));
  }
  auto section = find_section(text.substr(0, dot), titles);
  if (!section) return tl::unexpected(std::move(section.error()));
  const std::string_view key = trim(text.substr(dot + 1));
  const std::string word = section->substr(0, section->find(' '));
  const SectionForm* const form = find_section_form(word);
  if (form == nullptr) {
    return tl::unexpected(
        refusal(ExitCode::bad_policy, *section, "is a section of no known kind", {}));
  }
  if (const Option* const option = find_option(form->kind, key))
    return SettingName{*section, option};
  return tl::unexpected(refusal(ExitCode::bad_data, key,
                                fmt::format("is not an option of [{}]", *section),
                                suggest(key, option_names(form->kind))));
}

}  // namespace portcullis
