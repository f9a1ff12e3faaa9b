#include "cli/advice.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "config/time_text.h"

namespace portcullis {
namespace {

class Adviser {
 public:
  explicit Adviser(const Explanation& explanation) : e_(explanation), v_(e_.verdict) {}

  std::vector<std::string> all();

 private:
  void how_to_permit();
  void how_to_deny();
  void on_limit();
  void on_observed();
  void on_expiry();

  // A class of this action that is in force on the listener, one with a list file if there is any;
  // the first such.
  const ClientClass* class_in_force(Action action) const;
  // The list files of a class, each once.
  std::vector<std::string_view> list_files(const ClientClass& client_class) const;
  // An entry for this address alone goes before all but exempt ones and, for the same address,
  // permit before deny.
  void add_entry_advice(std::string_view purpose, const ClientClass& suitable);
  void remove_entry_advice(std::string_view purpose);
  bool decided_by_this_address_alone() const;
  bool removal_permits() const;

  template <typename... Args>
  void say(fmt::format_string<Args...> text, Args&&... args) {
    sentences_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }
  std::string address() const { return e_.question.address->to_string(); }
  const Listener& listener() const { return e_.policy->listener(v_.listener); }
  const ClientClass& decided_class() const { return e_.policy->client_class(*v_.client_class); }

  const Explanation& e_;
  const Verdict& v_;
  std::vector<std::string> sentences_;
};

const ClientClass* Adviser::class_in_force(Action action) const {
  const ClientClass* suitable = nullptr;
  for (const ClientClass& candidate : e_.policy->classes()) {
    const bool denies_nobody = action == Action::deny && candidate.mode == Mode::observe;
    const bool suits = candidate.action == action && candidate.in_force_on(v_.listener);
    if (!suits || denies_nobody) continue;
    if (!list_files(candidate).empty()) return &candidate;
    if (suitable == nullptr) suitable = &candidate;
  }
  return suitable;
}

std::vector<std::string_view> Adviser::list_files(const ClientClass& client_class) const {
  std::vector<std::string_view> files;
  for (const ListFileSummary& list : e_.lists) {
    if (list.class_name == client_class.name) files.emplace_back(list.path);
  }
  return files;
}

void Adviser::add_entry_advice(std::string_view purpose, const ClientClass& suitable) {
  const std::vector<std::string_view> files = list_files(suitable);
  if (files.empty()) {
    say("To {} it: portcullis set \"class {}.clients\" --add {}", purpose, suitable.name,
        address());
  } else {
    // Of several files one has to be named.
    say("To {} it: portcullis list add {} {}{}", purpose, suitable.name, address(),
        files.size() == 1 ? std::string() : fmt::format(" --file {}", files.front()));
  }
}

void Adviser::remove_entry_advice(std::string_view purpose) {
  say("To {} it: remove {} from class {}, {}:{}", purpose, e_.entry->text, decided_class().name,
      e_.entry->file, e_.entry->line);
}

bool Adviser::decided_by_this_address_alone() const {
  return e_.entry && e_.entry->network && e_.entry->network->is_host();
}

// Whether the client is let in if the entry that denies it is gone, whichever decides then.
bool Adviser::removal_permits() const {
  const bool others_permit =
      std::ranges::none_of(e_.overrode, [this](const EntryDescription& other) {
        return e_.policy->client_class(other.client_class).action == Action::deny;
      });
  // Behind an address entry a host name may decide, or the default.
  const bool none_left = e_.overrode.empty();
  const bool name_may_deny = e_.entry->network && !e_.question.verified_name.empty();
  if (!none_left) return others_permit;
  return listener().default_action == ListenerDefault::accept && !name_may_deny;
}

void Adviser::how_to_permit() {
  const ClientClass* suitable = class_in_force(Action::permit);
  if (suitable == nullptr) suitable = class_in_force(Action::exempt);
  if (suitable != nullptr) {
    add_entry_advice("permit", *suitable);
  } else {
    say("To permit it: make a class with action = permit that is in force on listener {}.",
        listener().name);
  }
  if (e_.entry && removal_permits()) remove_entry_advice("permit");
}

void Adviser::how_to_deny() {
  if (v_.decided_by == DecidedBy::exempt) {
    say("To deny it: take it out of {} in class {}, {}:{}; exempt goes before every deny.",
        e_.entry->text, decided_class().name, e_.entry->file, e_.entry->line);
    return;
  }
  if (v_.decided_by == DecidedBy::permit && decided_by_this_address_alone()) {
    say("To deny it: remove {} from class {}, {}:{}, first; for one address permit goes before "
        "deny.",
        e_.entry->text, decided_class().name, e_.entry->file, e_.entry->line);
  }
  if (const ClientClass* suitable = class_in_force(Action::deny)) {
    add_entry_advice("deny", *suitable);
  } else {
    say("To deny it: make a class with action = deny that is in force on listener {}.",
        listener().name);
  }
  if (listener().mode == Mode::observe) {
    say("Then, to have it denied: set mode = enforce in [listener {}], which only observes.",
        listener().name);
  }
}

void Adviser::on_limit() {
  say("To let it in: raise max_connections of listener {}, or lower reserved_connections of its "
      "classes.",
      listener().name);
}

void Adviser::on_observed() {
  const bool by_class = v_.client_class && decided_class().mode == Mode::observe;
  say("To enforce it: set mode = enforce in [{} {}].", by_class ? "class" : "listener",
      by_class ? decided_class().name : listener().name);
}

void Adviser::on_expiry() {
  for (const CoveringEntry& covering : e_.entries) {
    if (covering.fate != EntryFate::decides || !covering.entry.expires) continue;
    say("It changes by itself at {}, when {} expires.", time_text(*covering.entry.expires),
        covering.entry.text);
  }
}

std::vector<std::string> Adviser::all() {
  if (v_.local) return {};
  if (v_.exceeded) {
    on_limit();
  } else if (v_.disposition == Disposition::proceed) {
    how_to_deny();
  } else {
    how_to_permit();
  }
  if (v_.enforced() != v_.disposition) on_observed();
  on_expiry();
  return std::move(sentences_);
}

}  // namespace

std::vector<std::string> advice(const Explanation& explanation) {
  return Adviser(explanation).all();
}

}  // namespace portcullis
