#include "cli/list/contradiction.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "cli/list/listed_entries.h"

namespace portcullis {
namespace {

// How the class of an old entry stands to that of the new ones.
struct Neighbour {
  std::string class_name;
  bool same_class = false;
  Action action{};
  Action new_action{};

  // By address, exempt goes before whatever lies within it; by name the longest decides.
  bool is_exempt_around(const EntryScope& scope) const {
    return !scope.is_name() && action == Action::exempt && new_action != Action::exempt;
  }
  bool is_exempted_by(const EntryScope& scope) const {
    return !scope.is_name() && new_action == Action::exempt && action != Action::exempt;
  }
};

// What one old entry and one new one have to do with each other.
enum class Relation : std::uint8_t {
  none,
  same_other_action,  // the same clients, another action
  same_other_class,   // the same clients and action in another class
  shadowed,           // the new one has no effect
  shadows,            // the old one has none any more
  makes_redundant,    // the old one says what the new one says, in the same class
  is_exception,       // the new one is an exception to the old one
  has_exception,      // the old one is one to the new one
};

// The new entry lies within the old one, which is wider.
Relation within(const Neighbour& old, const EntryScope& scope) {
  if (old.same_class || old.is_exempt_around(scope)) return Relation::shadowed;
  return old.action == old.new_action ? Relation::none : Relation::is_exception;
}

// The new entry is wider than the old one.
Relation around(const Neighbour& old, const EntryScope& scope) {
  if (old.same_class) return Relation::makes_redundant;
  if (old.is_exempted_by(scope)) return Relation::shadows;
  return old.action == old.new_action ? Relation::none : Relation::has_exception;
}

Relation relation(const Neighbour& old, const EntryScope& old_scope, const EntryScope& added) {
  if (old_scope == added) {
    if (old.same_class) return Relation::none;  // not added twice
    return old.action == old.new_action ? Relation::same_other_class : Relation::same_other_action;
  }
  if (old_scope.covers(added)) return within(old, added);
  return added.covers(old_scope) ? around(old, added) : Relation::none;
}

bool needs_force(Relation relation) {
  return relation == Relation::same_other_action || relation == Relation::shadowed ||
         relation == Relation::shadows;
}

// Exempt beats permit, and permit beats deny.
bool old_wins(const Neighbour& old) {
  const auto strength = [](Action a) { return a == Action::exempt ? 2 : a == Action::permit; };
  return strength(old.action) > strength(old.new_action);
}

std::string sentence(Relation relation, const Neighbour& old, const std::string& added,
                     const std::string& where) {
  const std::string other =
      fmt::format("{} of class {} ({})", where, old.class_name, to_string(old.action));
  switch (relation) {
    case Relation::same_other_action:
      return fmt::format("{} contradicts {}: {} wins", added, other,
                         to_string(old_wins(old) ? old.action : old.new_action));
    case Relation::same_other_class:
      return fmt::format("{} is also {}: the class that comes first in the policy file decides",
                         added, other);
    case Relation::shadowed:
      return old.same_class ? fmt::format("{} is covered already by {} of this class", added, where)
                            : fmt::format("{} has no effect: it is covered by {}", added, other);
    case Relation::shadows:
      return fmt::format("{} leaves {} without effect", added, other);
    case Relation::makes_redundant:
      return fmt::format("{} covers {} of this class too, which may be removed", added, where);
    case Relation::is_exception:
      return fmt::format("{} is an exception to {}: the more specific wins", added, other);
    case Relation::has_exception:
      return fmt::format("{} does not reach {}: the more specific wins", added, other);
    case Relation::none:
      break;
  }
  return {};
}

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

// What is alike is said once, with the first of it and a count.
class Collector {
 public:
  Collector(const NewEntries& added, Time now) : added_(added), now_(now) {}

  void compare(const Neighbour& old, const ListedEntry& entry) {
    if (entry.entry.expires && *entry.entry.expires <= now_) return;
    const EntryScope scope = scope_of(entry.entry.entry);
    if (old.same_class && added_.instead_of == scope) return;
    for (std::size_t i = 0; i < added_.scopes.size(); ++i) {
      const Relation found = relation(old, scope, added_.scopes[i]);
      if (found == Relation::none) continue;
      // Nothing is left without effect by what expires before it.
      const bool outlives =
          found == Relation::shadowed && outlasts(added_.expires, entry.entry.expires);
      const bool is_outlived = (found == Relation::shadows || found == Relation::makes_redundant) &&
                               outlasts(entry.entry.expires, added_.expires);
      if (!outlives && !is_outlived) note(i, found, old, entry);
    }
  }

  Findings take() const {
    Findings findings;
    for (const auto& [key, seen] : seen_) {
      std::string text = seen.first;
      if (seen.count > 1) text += fmt::format(" (and {} more such entries)", seen.count - 1);
      findings.push_back({needs_force(std::get<1>(key)), std::move(text)});
    }
    return findings;
  }

 private:
  using Key = std::tuple<std::size_t, Relation, std::string>;  // new entry, relation, old class
  struct Seen {
    std::string first;
    std::size_t count = 0;
  };

  void note(std::size_t i, Relation found, const Neighbour& old, const ListedEntry& entry) {
    Seen& seen = seen_[{i, found, old.class_name}];
    if (seen.count++ > 0) return;
    const std::string where = fmt::format("{} ({}:{})", entry.entry.text, *entry.file, entry.line);
    seen.first = sentence(found, old, added_.scopes[i].to_string(), where);
  }

  const NewEntries& added_;
  Time now_;
  std::map<Key, Seen> seen_;
};

}  // namespace

Findings find_contradictions(const std::string& policy_file, const std::vector<ClassLists>& classes,
                             const TextSource& texts, const Policy& policy, const NewEntries& added,
                             Time now) {
  const ClientClass* const own = class_named(policy, added.class_name);
  if (own == nullptr || added.scopes.empty()) return {};
  Collector collector(added, now);
  Diagnostics reported_already;  // by whoever loaded the policy
  for (const ClassLists& lists : classes) {
    const ClientClass* const other = class_named(policy, lists.class_name);
    if (other == nullptr || !in_force_together(policy, *own, *other)) continue;
    const Neighbour old{other->name, other == own, other->action, own->action};
    visit_entries(policy_file, lists, texts, reported_already,
                  [&](const ListedEntry& entry) { collector.compare(old, entry); });
  }
  return collector.take();
}

}  // namespace portcullis
