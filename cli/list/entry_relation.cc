#include "cli/list/entry_relation.h"

#include <fmt/format.h>

namespace portcullis {
namespace {

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

// Exempt beats permit, and permit beats deny.
bool old_wins(const Neighbour& old) {
  const auto strength = [](Action a) { return a == Action::exempt ? 2 : a == Action::permit; };
  return strength(old.action) > strength(old.new_action);
}

std::string described(const Neighbour& old) {
  return fmt::format("class {} ({})", old.class_name, to_string(old.action));
}

}  // namespace

Relation relation(const Neighbour& old, const EntryScope& old_scope, const EntryScope& added) {
  if (old_scope == added) {
    if (old.same_class) return Relation::none;  // not added twice
    return old.action == old.new_action ? Relation::same_other_class : Relation::same_other_action;
  }
  if (old_scope.covers(added)) return within(old, added);
  return added.covers(old_scope) ? around(old, added) : Relation::none;
}

bool needs_force(Relation relation, const Neighbour& old, EntryAuthor author) {
  switch (relation) {
    case Relation::same_other_action:
      return author != EntryAuthor::feed || !old_wins(old);
    case Relation::shadowed:
      return author == EntryAuthor::administrator ||
             (author == EntryAuthor::foreign_list && !old.same_class);
    case Relation::shadows:
      return true;
    default:
      return false;
  }
}

std::string sentence(Relation relation, const Neighbour& old, const std::string& added,
                     const std::string& where) {
  const std::string other = fmt::format("{} of {}", where, described(old));
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

std::string sentence_of_others(Relation relation, const Neighbour& old, std::size_t count) {
  const std::string other = described(old);
  switch (relation) {
    case Relation::same_other_action:
      return fmt::format("{} more contradict entries of {}", count, other);
    case Relation::same_other_class:
      return fmt::format("{} more are entries of {} too", count, other);
    case Relation::shadowed:
      return old.same_class
                 ? fmt::format("{} more are covered already by entries of this class", count)
                 : fmt::format("{} more have no effect: entries of {} cover them", count, other);
    case Relation::shadows:
      return fmt::format("{} more leave entries of {} without effect", count, other);
    case Relation::makes_redundant:
      return fmt::format("{} more cover entries of this class too", count);
    case Relation::is_exception:
      return fmt::format("{} more are exceptions to entries of {}", count, other);
    case Relation::has_exception:
      return fmt::format("{} more do not reach all entries of {}", count, other);
    case Relation::none:
      break;
  }
  return {};
}

}  // namespace portcullis
