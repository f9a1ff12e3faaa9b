// Which classes match no one, and what that means for the listeners.

#include <fmt/format.h>

#include "lint/questions.h"

namespace portcullis {
namespace {

class IdleClasses {
 public:
  IdleClasses(const LintInput& input, const EntryFates& fates, Diagnostics& found)
      : input_(input), policy_(*input.loaded.policy), fates_(fates), found_(found) {}

  void find() {
    for (std::size_t l = 0; l < policy_.listeners().size(); ++l) find_on_listener(l);
    for (std::size_t c = 0; c < policy_.classes().size(); ++c) find_class(c);
  }

 private:
  // Classes of these actions on the listener, and their entries in force.
  struct Sum {
    std::size_t classes = 0;
    std::size_t entries = 0;
  };
  Sum sum(std::size_t listener, bool denying) const {
    Sum sum;
    for (std::size_t c = 0; c < policy_.classes().size(); ++c) {
      const ClientClass& client_class = policy_.classes()[c];
      if (!client_class.in_force_on(static_cast<ListenerIndex>(listener)) ||
          (client_class.action == Action::deny) != denying) {
        continue;
      }
      ++sum.classes;
      sum.entries += fates_.in_force[c];
    }
    return sum;
  }

  void find_on_listener(std::size_t l) {
    const bool accepts = policy_.listeners()[l].default_action == ListenerDefault::accept;
    const Sum excepted = sum(l, accepts);
    if (excepted.entries > 0) return;
    const std::uint32_t line = input_.loaded.listeners[l].line_of("default");
    if (!accepts) {
      // That there never were any is an error, or reported with the observed listener.
      if (excepted.classes == 0 || reported_by_load(l)) return;
      found_.warning(input_.path, line, "default = deny",
                     "denies all, and every permit or exempt entry has expired: nobody may connect",
                     "give the entries a later time", "nobody-may-connect");
    } else if (excepted.classes > 0) {
      found_.warning(input_.path, line, "default = accept",
                     "accepts all: no deny list in force here has an entry",
                     "list clients in a class with action = deny, or remove the class",
                     "empty-deny-list");
    }
  }

  bool reported_by_load(std::size_t l) const {
    std::size_t written = 0;
    for (std::size_t c = 0; c < policy_.classes().size(); ++c) {
      const ClientClass& client_class = policy_.classes()[c];
      if (client_class.action == Action::deny ||
          !client_class.in_force_on(static_cast<ListenerIndex>(l))) {
        continue;
      }
      written += policy_.entry_count(static_cast<ClassIndex>(c));
    }
    return written == 0;
  }

  void find_class(std::size_t c) {
    const std::string title = fmt::format("[class {}]", policy_.classes()[c].name);
    const std::uint32_t line = input_.loaded.classes[c].line;
    const std::size_t written = policy_.entry_count(static_cast<ClassIndex>(c));
    if (written == 0) {
      found_.note(input_.path, line, title, "matches no one: it has no entries",
                  "list clients in it, or remove it", "idle-class");
    } else if (fates_.in_force[c] == 0) {
      found_.warning(input_.path, line, title, "matches no one: all its entries have expired",
                     "list clients in it, or remove it", "idle-class");
    } else if (fates_.idle[c] == fates_.in_force[c]) {
      found_.warning(input_.path, line, title,
                     "matches no one: entries of other classes decide for all that it lists",
                     "remove it, or what it competes with", "idle-class");
    }
  }

  const LintInput& input_;
  const Policy& policy_;
  const EntryFates& fates_;
  Diagnostics& found_;
};

}  // namespace

void find_idle_classes(const LintInput& input, const EntryFates& fates, Diagnostics& found) {
  IdleClasses(input, fates, found).find();
}

}  // namespace portcullis
