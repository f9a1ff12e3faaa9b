#include "cli/list/list_merge.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

#include "cli/list/listed_entries.h"

#include "editing/list_document.h"
#include "formats/native.h"

namespace portcullis {
namespace {

EntryScope scope_of_listed(const Listed& listed) {
  if (const auto* network = std::get_if<IpPrefix>(&listed)) return scope_of({*network, {}});
  if (const auto* range = std::get_if<AddressRange>(&listed)) return scope_of({*range, {}});
  return scope_of({HostName{std::get<ListedName>(listed).text}, {}});
}

// An entry that is there, or one that is to be.
struct ScopedEntry {
  EntryScope scope;
  std::optional<Time> expires;
  std::uint32_t line = 0;  // in the target; 0: elsewhere
  std::size_t place = 0;   // among the new entries

  bool has_expired(Time now) const { return expires && *expires <= now; }
};
using ScopedEntries = std::vector<ScopedEntry>;

struct ByScope {
  bool operator()(const ScopedEntry& a, const EntryScope& b) const { return a.scope < b; }
  bool operator()(const EntryScope& a, const ScopedEntry& b) const { return a < b.scope; }
};

// The entries of a scope, in a list that is sorted by scope.
std::span<const ScopedEntry> of_scope(const ScopedEntries& entries, const EntryScope& scope) {
  const auto [first, last] = std::equal_range(entries.begin(), entries.end(), scope, ByScope{});
  return {first, last};
}

// True if the file, by whatever name, is the target. Cost: it is asked of the disk.
bool is_target(const MergeTarget& target, const std::string& file) {
  std::error_code error;
  return file == target.path || std::filesystem::equivalent(file, target.path, error);
}

ScopedEntries entries_there(const MergeTarget& target) {
  ScopedEntries entries;
  Diagnostics ignored;  // what cannot be read is for the check of the policy to say
  const TextSource texts = TextSource().with(target.path, target.text);
  const std::string* file = nullptr;  // of the entry before
  bool here = false;
  visit_entries(*target.policy_file, *target.lists, texts, ignored, [&](const ListedEntry& there) {
    if (there.file != file) here = is_target(target, *there.file);
    file = there.file;
    entries.push_back({scope_of(there.entry.entry), there.entry.expires, here ? there.line : 0, 0});
  });
  std::ranges::stable_sort(entries, {}, &ScopedEntry::scope);
  return entries;
}

// By scope; of one scope the entry that holds longest first, as the policy takes it.
bool comes_before(const ScopedEntry& a, const ScopedEntry& b) {
  if (a.scope != b.scope) return a.scope < b.scope;
  return outlasts(a.expires, b.expires);
}

// Each scope once: the entry that holds longest, the first of those that are alike, if it has not
// expired. In the order of the scopes.
ScopedEntries wanted_entries(const std::vector<ListEntry>& entries, Time now, MergedList& merged) {
  ScopedEntries wanted;
  wanted.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    ScopedEntry entry{scope_of_listed(entries[i].listed), entries[i].expires, 0, i};
    if (entry.has_expired(now)) {
      ++merged.expired;
    } else {
      wanted.push_back(std::move(entry));
    }
  }
  std::ranges::stable_sort(wanted, comes_before);
  const auto same = [](const ScopedEntry& a, const ScopedEntry& b) { return a.scope == b.scope; };
  wanted.erase(std::unique(wanted.begin(), wanted.end(), same), wanted.end());
  return wanted;
}

// Puts the missing entries behind the text, in their order, and takes those lines out of it.
void change_text(const std::string& text, const std::vector<ListEntry>& entries,
                 std::vector<std::size_t> missing, std::vector<std::uint32_t> gone,
                 MergedList& merged) {
  std::ranges::sort(missing);
  std::ranges::sort(gone);
  std::vector<ListEntry> added;
  added.reserve(missing.size());
  for (const std::size_t place : missing) {
    added.push_back(entries[place]);
    added.back().action.reset();  // the class says what is done
    merged.scopes.push_back(scope_of_listed(entries[place].listed));
    merged.expires.push_back(entries[place].expires);
  }
  std::string more = write_native(added, {}).text;
  if (text.find("\r\n") != std::string::npos) {
    for (std::size_t at = 0; (at = more.find('\n', at)) != std::string::npos; at += 2) {
      more.insert(at, 1, '\r');
    }
  }
  ListDocument document(text + more);
  if (!gone.empty()) document.remove(gone);
  merged.text = document.text();
  merged.added = missing.size();
  merged.removed = gone.size();
  const auto before = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  merged.first_added = static_cast<std::uint32_t>(before - gone.size() + 1);
}

// Counts the clients that the list names until now, each once, and those that it would name no
// more. Both are sorted by scope.
void count_lost(const ScopedEntries& there, const ScopedEntries& wanted, Time now,
                MergedList& merged) {
  const EntryScope* counted = nullptr;
  for (const ScopedEntry& entry : there) {
    if (entry.line == 0 || entry.has_expired(now)) continue;
    if (counted != nullptr && *counted == entry.scope) continue;
    counted = &entry.scope;
    ++merged.before;
    if (of_scope(wanted, entry.scope).empty()) ++merged.lost;
  }
}

}  // namespace

MergedList merge_entries(const MergeTarget& target, const std::vector<ListEntry>& entries,
                         Time now) {
  MergedList merged;
  const ScopedEntries there = entries_there(target);
  std::vector<std::size_t> missing;
  std::vector<std::uint32_t> gone;
  for (const ScopedEntry& entry : wanted_entries(entries, now, merged)) {
    const auto same = of_scope(there, entry.scope);
    const auto in_force = [&](const ScopedEntry& other) { return !other.has_expired(now); };
    if (std::ranges::any_of(same, in_force)) {
      ++merged.already_there;
      continue;
    }
    missing.push_back(entry.place);
    for (const ScopedEntry& expired : same) {
      if (expired.line > 0) gone.push_back(expired.line);
    }
  }
  change_text(target.text, entries, std::move(missing), std::move(gone), merged);
  return merged;
}

MergedList replace_entries(const MergeTarget& target, const std::vector<ListEntry>& entries,
                           Time now) {
  MergedList merged;
  const ScopedEntries there = entries_there(target);
  const ScopedEntries wanted = wanted_entries(entries, now, merged);
  count_lost(there, wanted, now, merged);
  std::vector<std::size_t> missing;
  std::vector<std::uint32_t> kept;
  for (const ScopedEntry& entry : wanted) {
    const auto same = of_scope(there, entry.scope);
    const auto stays = std::ranges::find_if(same, [&](const ScopedEntry& other) {
      return other.line > 0 && other.expires == entry.expires;
    });
    if (stays == same.end()) {
      missing.push_back(entry.place);
    } else {
      kept.push_back(stays->line);
    }
  }
  std::ranges::sort(kept);
  std::vector<std::uint32_t> gone;
  for (const ScopedEntry& entry : there) {
    if (entry.line > 0 && !std::ranges::binary_search(kept, entry.line)) gone.push_back(entry.line);
  }
  merged.already_there = kept.size();
  change_text(target.text, entries, std::move(missing), std::move(gone), merged);
  return merged;
}

NewEntries new_entries(const MergeTarget& target, EntryAuthor author, MergedList& merged) {
  return {
      target.lists->class_name, author, target.path, merged.first_added, std::move(merged.scopes),
      std::move(merged.expires)};
}

std::vector<ListEntry> entries_of(const MergeTarget& target) {
  ReadOptions options;
  options.file = target.path;
  return read_native(target.text, options).entries;
}

}  // namespace portcullis
