#include "cli/list/class_lists.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/policy_source.h"
#include "config/class_clients.h"
#include "config/entry_line.h"
#include "config/section.h"
#include "config/suggestion.h"
#include "config/value_list.h"

namespace portcullis {
namespace {

constexpr std::string_view kFile = "file:";

tl::unexpected<Report> refused(const std::string& policy_file, const Diagnostics& diagnostics) {
  return tl::unexpected(Report{exit_code_of_bad_policy(policy_file), {}, diagnostics.format_all()});
}

std::vector<std::string> names_of_listeners(const std::vector<Section>& sections) {
  std::vector<std::string> names;
  for (const Section& section : sections) {
    if (section.kind() == SectionKind::listener) names.push_back(section.name());
  }
  return names;
}

// A name that is none of a listener is for the check of the policy to report.
std::vector<std::string> listeners_of(const Section& section, const std::vector<std::string>& all) {
  if (section.text("listeners") == "all") return all;
  std::vector<std::string> names;
  for (IniPiece& item : split_list(section.pieces("listeners"))) {
    names.push_back(std::move(item.text));
  }
  return names;
}

ClassLists lists_of(const Section& section, const std::string& policy_file,
                    const std::vector<std::string>& listeners) {
  ClassLists lists{
      section.name(), section.text("action"), {}, {}, listeners_of(section, listeners)};
  for (IniPiece& item : split_list(section.pieces("clients"))) {
    const auto path = list_file_path(policy_file, item.text);
    if (!path) {
      lists.inline_entries.push_back(std::move(item));
    } else if (!path->empty()) {
      const std::string_view name = trim(std::string_view(item.text).substr(kFile.size()));
      lists.files.push_back({std::string(name), *path});
    }
  }
  return lists;
}

}  // namespace

Found<std::vector<ClassLists>> read_class_lists(const std::string& policy_file,
                                                const TextSource& texts) {
  Diagnostics diagnostics;
  const auto file = texts.read(policy_file, TextFileKind::policy);
  if (!file) {
    const auto& [line, problem] = file.error();
    diagnostics.error(policy_file, line, {}, problem.reason, problem.repair);
    return refused(policy_file, diagnostics);
  }
  const auto sections =
      make_sections(read_ini(file->text, policy_file, diagnostics), policy_file, diagnostics);
  if (diagnostics.has_errors()) return refused(policy_file, diagnostics);
  const std::vector<std::string> listeners = names_of_listeners(sections);
  std::vector<ClassLists> classes;
  for (const Section& section : sections) {
    if (section.kind() == SectionKind::client_class) {
      classes.push_back(lists_of(section, policy_file, listeners));
    }
  }
  return classes;
}

Found<ClassLists> find_class(const std::vector<ClassLists>& classes, const std::string& name) {
  const auto found = std::ranges::find(classes, name, &ClassLists::class_name);
  if (found != classes.end()) return *found;
  const std::vector<std::string_view> known = [&] {
    std::vector<std::string_view> names;
    names.reserve(classes.size());
    for (const ClassLists& lists : classes) names.push_back(lists.class_name);
    return names;
  }();
  const std::string repair =
      known.empty() ? "write [class NAME] into the policy file" : suggest(name, known);
  return tl::unexpected(
      failure(ExitCode::bad_data, fmt::format("there is no class \"{}\"; {}", name, repair)));
}

}  // namespace portcullis
