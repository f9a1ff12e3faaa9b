#include "formats/one_action.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace portcullis {
namespace {

// What the entries that stay name, to be asked whether it covers what one names that does not.
class Covered {
 public:
  explicit Covered(const std::vector<const ListEntry*>& entries) {
    for (const ListEntry* entry : entries) add(entry->listed);
    std::ranges::sort(networks_);
    std::ranges::sort(texts_);
  }

  bool any_of(const Listed& listed) const {
    if (const auto* name = std::get_if<ListedName>(&listed)) return holds_name(name->text);
    if (const auto* sender = std::get_if<ListedSender>(&listed)) return holds_sender(sender->text);
    return std::ranges::any_of(networks_of(listed),
                               [this](const IpPrefix& network) { return holds(network); });
  }

 private:
  void add(const Listed& listed) {
    const bool addresses =
        std::holds_alternative<IpPrefix>(listed) || std::holds_alternative<AddressRange>(listed);
    if (!addresses) texts_.push_back(to_string(listed));
    for (const IpPrefix& network : networks_of(listed)) networks_.push_back(network);
  }

  bool holds(const IpPrefix& network) const {
    for (unsigned length = network.length(); length > 0; --length) {
      if (std::ranges::binary_search(networks_, IpPrefix(network.first(), length))) return true;
    }
    return false;
  }

  bool holds_text(const std::string& text) const {
    return std::ranges::binary_search(texts_, text);
  }

  // ".example.com" covers itself, "example.com" and all below it.
  bool holds_name(const std::string& name) const {
    if (holds_text(name) || holds_text('.' + name)) return true;
    for (std::size_t dot = name.find('.', 1); dot != std::string::npos;
         dot = name.find('.', dot + 1)) {
      if (holds_text(name.substr(dot))) return true;
    }
    return false;
  }

  // "@example.com" covers its users; "@*example.com" what ends so.
  bool holds_sender(const std::string& sender) const {
    if (holds_text(sender) || holds_text(sender.substr(sender.find('@')))) return true;
    for (std::size_t at = sender.find('@') + 1; at < sender.size(); ++at) {
      if (holds_text("@*" + sender.substr(at))) return true;
    }
    return false;
  }

  std::vector<IpPrefix> networks_;
  std::vector<std::string> texts_;
};

}  // namespace

std::vector<const ListEntry*> entries_of_one_action(std::span<const ListEntry> entries,
                                                    Writing& writing) {
  const Action action = writing.options().action;
  std::vector<const ListEntry*> kept;
  std::vector<const ListEntry*> others;
  for (const ListEntry& entry : entries) {
    (writing.action_of(entry) == action ? kept : others).push_back(&entry);
  }
  if (others.empty()) return kept;

  const Covered covered(kept);
  for (const ListEntry* entry : others) {
    if (entry->expires && !writing.is_in_force(*entry)) continue;
    const std::string reason =
        fmt::format("says {} in a list of {}, and {} says one of all", to_string(*entry->action),
                    to_string(action), writing.format());
    if (covered.any_of(entry->listed)) {
      writing.refuse(*entry, reason + ": the exception would be lost",
                     "write a format that has actions, or split what it is an exception from");
    } else {
      writing.lose(*entry, "is left out: it " + reason);
    }
  }
  return kept;
}

}  // namespace portcullis
