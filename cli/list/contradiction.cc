#include "cli/list/contradiction.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "cli/list/listed_entries.h"
#include "cli/list/scope_index.h"

namespace portcullis {
namespace {

constexpr std::size_t kNamed = 10;  // new entries of one relation to one class

// nullptr if someone has changed the policy file meanwhile.
const ClientClass* class_named(const Policy& policy, const std::string& name) {
  const auto found = std::ranges::find(policy.classes(), name, &ClientClass::name);
  return found == policy.classes().end() ? nullptr : &*found;
}

bool in_force_together(const Policy& policy, const ClientClass& a, const ClientClass& b) {
  for (std::size_t l = 0; l < policy.listeners().size(); ++l) {
    const auto listener = static_cast<ListenerIndex>(l);
    if (a.in_force_on(listener) && b.in_force_on(listener)) return true;
  }
  return false;
}

// Tells the lines of new entries from those that were there.
class NewLines {
 public:
  explicit NewLines(std::span<const NewEntries* const> added) : added_(added) {}

  // The place of those among which the entry is; nothing if it was there before.
  std::optional<std::size_t> place_of(const ListedEntry& entry) {
    if (entry.file != file_) look_up(*entry.file);
    file_ = entry.file;
    if (!here_) return {};
    const NewEntries& here = *added_[*here_];
    const bool is_new =
        entry.line >= here.first_line && entry.line - here.first_line < here.scopes.size();
    return is_new ? here_ : std::nullopt;
  }

 private:
  // By whatever name. It is asked of the disk, once for each list.
  void look_up(const std::string& file) {
    const auto found = std::ranges::find_if(added_, [&](const NewEntries* entries) {
      std::error_code error;
      return file == entries->file || std::filesystem::equivalent(file, entries->file, error);
    });
    here_.reset();
    if (found != added_.end()) here_ = static_cast<std::size_t>(found - added_.begin());
  }

  std::span<const NewEntries* const> added_;
  const std::string* file_ = nullptr;  // of the entry before
  std::optional<std::size_t> here_;    // whose file it is
};

// What is alike is said once, with the first of it and a count.
class Collector {
 public:
  Collector(const NewEntries& added, Time now) : added_(added), now_(now), index_(added.scopes) {}

  // Whether the entry is one that is added together with these.
  enum class Age : std::uint8_t { was_there, is_added_too };

  void compare(const Neighbour& old, const ListedEntry& entry, Age age) {
    if (entry.entry.expires && *entry.entry.expires <= now_) return;
    const EntryScope scope = scope_of(entry.entry.entry);
    index_.visit_related(scope, [&](std::size_t i) {
      const Relation found = relation(old, scope, added_.scopes[i]);
      if (found == Relation::none || !matters(found, entry.entry.expires, added_.expires[i])) {
        return;
      }
      if (age == Age::is_added_too && !needs_force(found, old, added_.author)) return;
      note(i, found, old, entry);
    });
  }

  Findings take() const {
    Findings findings;
    for (const auto& [key, seen] : seen_) {
      std::string text = seen.first;
      if (seen.count > 1) text += fmt::format(" (and {} more such entries)", seen.count - 1);
      findings.push_back({seen.needs_force, std::move(text)});
    }
    for (const auto& [key, kind] : kinds_) {
      const auto unnamed = std::ranges::count(kind.is_unnamed, true);
      if (unnamed == 0) continue;
      findings.push_back(
          {needs_force(key.first, kind.old, added_.author),
           sentence_of_others(key.first, kind.old, static_cast<std::size_t>(unnamed))});
    }
    return findings;
  }

 private:
  struct Seen {
    std::string first;
    bool needs_force = false;
    std::size_t count = 0;
  };
  struct Kind {
    Neighbour old;
    std::size_t named = 0;
    std::vector<bool> is_unnamed;  // by new entry; empty as long as all are named
  };

  // Nothing is left without effect by what expires before it.
  static bool matters(Relation found, const std::optional<Time>& old,
                      const std::optional<Time>& added) {
    if (found == Relation::shadowed) return !outlasts(added, old);
    if (found == Relation::shadows || found == Relation::makes_redundant) {
      return !outlasts(old, added);
    }
    return true;
  }

  void note(std::size_t i, Relation found, const Neighbour& old, const ListedEntry& entry) {
    if (const auto seen = seen_.find({i, found, old.class_name}); seen != seen_.end()) {
      ++seen->second.count;
      return;
    }
    Kind& kind = kinds_[{found, old.class_name}];
    if (kind.named == kNamed) {
      kind.is_unnamed.resize(added_.scopes.size());
      kind.is_unnamed[i] = true;
      return;
    }
    ++kind.named;
    kind.old = old;
    const std::string where = fmt::format("{} ({}:{})", entry.entry.text, *entry.file, entry.line);
    seen_[{i, found, old.class_name}] = {sentence(found, old, added_.scopes[i].to_string(), where),
                                         needs_force(found, old, added_.author), 1};
  }

  const NewEntries& added_;
  Time now_;
  ScopeIndex index_;
  // By new entry, relation and old class; and by the latter two.
  std::map<std::tuple<std::size_t, Relation, std::string>, Seen> seen_;
  std::map<std::pair<Relation, std::string>, Kind> kinds_;
};

}  // namespace

Findings find_contradictions(const std::string& policy_file, const std::vector<ClassLists>& classes,
                             const TextSource& texts, const Policy& policy,
                             std::span<const NewEntries* const> added, Time now) {
  Findings findings;
  NewLines new_lines(added);
  Diagnostics reported_already;  // by whoever loaded the policy
  for (std::size_t i = 0; i < added.size(); ++i) {
    const ClientClass* const own = class_named(policy, added[i]->class_name);
    if (own == nullptr || added[i]->scopes.empty()) continue;
    Collector collector(*added[i], now);
    for (const ClassLists& lists : classes) {
      const ClientClass* const other = class_named(policy, lists.class_name);
      if (other == nullptr || !in_force_together(policy, *own, *other)) continue;
      const Neighbour old{other->name, other == own, other->action, own->action};
      visit_entries(policy_file, lists, texts, reported_already, [&](const ListedEntry& entry) {
        const auto place = new_lines.place_of(entry);
        if (place && *place <= i) return;  // itself, or held against this one already
        collector.compare(old, entry,
                          place ? Collector::Age::is_added_too : Collector::Age::was_there);
      });
    }
    for (Finding& finding : collector.take()) findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace portcullis
