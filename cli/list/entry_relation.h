#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "policy/verdict.h"

#include "editing/entry_scope.h"

namespace portcullis {

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

Relation relation(const Neighbour& old, const EntryScope& old_scope, const EntryScope& added);

// Who names the new entries, and so who can answer when they are refused.
enum class EntryAuthor : std::uint8_t {
  administrator,  // each of them, on the command line
  foreign_list,   // that an administrator imports: it may well say what the class says already
  feed,           // taken over when nobody is there
};

// True if it had better not come about unless somebody insists:
//   administrator  the same clients with another action; an entry without any effect, new or old
//   foreign_list   the same, but for what its own class covers already: nobody is decided
//                  otherwise by that
//   feed           only if the new entry wins over one that is there: what loses changes nothing,
//                  and is no reason to go on with an older list
bool needs_force(Relation relation, const Neighbour& old, EntryAuthor author);

// "`added` contradicts `where` of class partners (permit): permit wins".
std::string sentence(Relation relation, const Neighbour& old, const std::string& added,
                     const std::string& where);

// The same of many new entries, without naming them: "12 more contradict entries of ...".
std::string sentence_of_others(Relation relation, const Neighbour& old, std::size_t count);

}  // namespace portcullis
