#include "cli/list/list_target.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace portcullis {
namespace {

tl::unexpected<Report> refused(const std::string& message) {
  return tl::unexpected(failure(ExitCode::bad_data, message));
}

std::string names_of(const std::vector<NamedList>& files) {
  std::string names;
  for (const NamedList& file : files) names += (names.empty() ? "" : ", ") + file.name;
  return names;
}

bool is_called(const NamedList& list, const std::string& name) {
  return list.name == name || list.path == name ||
         std::filesystem::path(list.path).filename() == name;
}

tl::unexpected<Report> no_list_file(const std::string& policy_file, const ClassLists& lists) {
  return refused(fmt::format(
      "class \"{0}\" has no list file, its entries stand in {1}; touch {0}.list next to that "
      "file, and write clients = file:{0}.list in its [class {0}]",
      lists.class_name, policy_file));
}

}  // namespace

Found<NamedList> list_target(const std::string& policy_file, const ClassLists& lists,
                             const std::optional<std::string>& file) {
  if (lists.files.empty()) return no_list_file(policy_file, lists);
  std::vector<NamedList> fitting;
  std::ranges::copy_if(lists.files, std::back_inserter(fitting),
                       [&](const NamedList& list) { return !file || is_called(list, *file); });
  if (fitting.size() == 1) return std::move(fitting.front());
  if (fitting.empty()) {
    return refused(fmt::format("class \"{}\" has no list file \"{}\"; it has {}", lists.class_name,
                               *file, names_of(lists.files)));
  }
  return refused(fmt::format("class \"{}\" has several list files; say --file and one of {}",
                             lists.class_name, names_of(fitting)));
}

}  // namespace portcullis
