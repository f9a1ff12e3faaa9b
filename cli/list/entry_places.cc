#include "cli/list/entry_places.h"

#include <filesystem>
#include <map>
#include <system_error>

#include <fmt/format.h>

#include "cli/list/listed_entries.h"

namespace portcullis {
namespace {

bool leads_to(const std::string& path, const std::string& real_path) {
  std::error_code error;
  return std::filesystem::equivalent(path, real_path, error);
}

}  // namespace

std::vector<EntryPlace> find_places(const CommonOptions& options, const OpenList& list,
                                    const std::vector<EntryScope>& sought) {
  std::map<EntryScope, std::size_t> wanted;
  for (std::size_t i = 0; i < sought.size(); ++i) wanted.emplace(sought[i], i);
  std::vector<EntryPlace> places;
  Diagnostics reported_later;  // when the policy is loaded as it would be
  const auto visit = [&](const ListedEntry& listed) {
    const auto found = wanted.find(scope_of(listed.entry.entry));
    if (found == wanted.end()) return;
    places.push_back({found->second, std::string(listed.entry.text), *listed.file, listed.line,
                      listed.entry.expires, leads_to(*listed.file, list.file.path())});
  };
  visit_entries(options.policy_file, list.lists, TextSource(), reported_later, visit);
  return places;
}

std::optional<std::string> covering_entry(const CommonOptions& options, const OpenList& list,
                                          const EntryScope& scope) {
  std::optional<EntryScope> innermost;
  std::optional<std::string> where;
  Diagnostics reported_later;
  const auto visit = [&](const ListedEntry& listed) {
    EntryScope other = scope_of(listed.entry.entry);
    if (!other.covers(scope) || other == scope) return;
    if (innermost && !innermost->covers(other)) return;
    innermost = std::move(other);
    where = fmt::format("{} ({}:{})", listed.entry.text, *listed.file, listed.line);
  };
  visit_entries(options.policy_file, list.lists, TextSource(), reported_later, visit);
  return where;
}

}  // namespace portcullis
