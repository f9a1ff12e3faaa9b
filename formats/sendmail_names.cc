#include "formats/sendmail_names.h"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "config/time_text.h"

#include "formats/deciding_networks.h"

namespace portcullis {
namespace {

class DomainChoice {
 public:
  DomainChoice(std::span<const ListEntry> entries, Writing& writing) : writing_(writing) {
    for (const ListEntry& entry : entries) look_at(entry);
  }

  std::vector<SendmailDomain> take() {
    std::vector<const ListEntry*> left_out;
    for (const ListEntry* entry : names_) {
      if (reason(*entry).empty()) {
        choose(*entry);
      } else {
        left_out.push_back(entry);
      }
    }
    for (const ListEntry* entry : left_out) leave_out(*entry);
    std::vector<SendmailDomain> domains;
    for (const auto& [name, entry] : written_) domains.push_back({name, entry});
    std::ranges::sort(domains, {}, &SendmailDomain::entry);
    return domains;
  }

 private:
  // ".example.com" and "mx.example.com" without a leading dot.
  static std::string_view bare(const ListEntry& entry) {
    const std::string_view text = std::get<ListedName>(entry.listed).text;
    return text.substr(text.starts_with('.') ? 1 : 0);
  }

  void look_at(const ListEntry& entry) {
    const bool name = std::holds_alternative<ListedName>(entry.listed);
    if (std::holds_alternative<ListedSender>(entry.listed)) {
      writing_.names_addresses(entry);
    } else if (name && writing_.is_in_force(entry)) {
      names_.push_back(&entry);
    } else if (!name && (!entry.expires || *entry.expires > writing_.options().now)) {
      (writing_.action_of(entry) == Action::deny ? addresses_deny_ : addresses_permit_) = true;
    }
  }

  // Why a name cannot be written; empty if it can.
  std::string reason(const ListEntry& entry) const {
    if (!std::get<ListedName>(entry.listed).text.starts_with('.')) {
      return "Sendmail would take all names below it too";
    }
    if (entry.expires && !writing_.options().keep_expiring) {
      return fmt::format("{} cannot say that it expires at {}", writing_.format(),
                         time_text(*entry.expires));
    }
    const bool denies = writing_.action_of(entry) == Action::deny;
    if (denies ? addresses_permit_ : addresses_deny_) {
      return fmt::format(
          "Sendmail asks for names first, and it would {} clients that an address "
          "entry {}",
          denies ? "refuse" : "let in", denies ? "permits" : "denies");
    }
    return {};
  }

  void choose(const ListEntry& entry) {
    const auto [known, fresh] = written_.try_emplace(bare(entry), &entry);
    const Action action = writing_.action_of(*known->second);
    if (!fresh && strength(writing_.action_of(entry)) > strength(action)) known->second = &entry;
  }

  // The innermost domain that is written and holds the name.
  const ListEntry* written_around(std::string_view name) const {
    while (true) {
      if (const auto found = written_.find(name); found != written_.end()) return found->second;
      const std::size_t dot = name.find('.');
      if (dot == std::string_view::npos) return nullptr;
      name.remove_prefix(dot + 1);
    }
  }

  void leave_out(const ListEntry& entry) {
    const ListEntry* around = written_around(bare(entry));
    const std::string why = reason(entry);
    if (around == nullptr || same_side(writing_.action_of(entry), writing_.action_of(*around))) {
      return writing_.lose(entry, "is left out: " + why);
    }
    writing_.refuse(entry, fmt::format("cannot be left out, for it is an exception to {}, and {}",
                                       to_string(around->listed), why));
  }

  Writing& writing_;
  std::vector<const ListEntry*> names_;
  std::map<std::string_view, const ListEntry*> written_;
  bool addresses_deny_ = false;
  bool addresses_permit_ = false;
};

}  // namespace

std::vector<SendmailDomain> sendmail_domains(std::span<const ListEntry> entries, Writing& writing) {
  return DomainChoice(entries, writing).take();
}

}  // namespace portcullis
