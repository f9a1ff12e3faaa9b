#include "cli/covering_entry.h"

#include <algorithm>
#include <optional>

namespace portcullis {
namespace {

// What an entry lost to.
class Contest {
 public:
  Contest(const Policy& policy, Time at, const Verdict& verdict)
      : policy_(policy), at_(at), verdict_(verdict) {
    if (verdict.entry) winner_ = policy.describe(*verdict.entry);
  }

  EntryFate fate_of(EntryIndex index, const EntryDescription& entry) const {
    if (verdict_.entry == index) return EntryFate::decides;
    if (entry.expires && *entry.expires <= at_) return EntryFate::expired;
    if (!winner_ || !class_of(entry).in_force_on(verdict_.listener)) return EntryFate::not_in_force;
    if (!entry.network && winner_->network) return EntryFate::address_before_name;
    const Action action = class_of(entry).action;
    const Action winning = class_of(*winner_).action;
    const bool same_clients =
        entry.network ? entry.network == winner_->network : entry.text == winner_->text;
    const bool exempt_goes_before = entry.network || same_clients;
    if (exempt_goes_before && winning == Action::exempt && action != Action::exempt) {
      return EntryFate::exempt_before;
    }
    if (!same_clients) return EntryFate::less_specific;
    return action == winning ? EntryFate::class_order : EntryFate::permit_before_deny;
  }

 private:
  const ClientClass& class_of(const EntryDescription& entry) const {
    return policy_.client_class(entry.client_class);
  }

  const Policy& policy_;
  Time at_;
  const Verdict& verdict_;
  std::optional<EntryDescription> winner_;
};

}  // namespace

std::string_view to_string(EntryFate fate) {
  switch (fate) {
    case EntryFate::decides:
      return "decides";
    case EntryFate::expired:
      return "expired";
    case EntryFate::not_in_force:
      return "not_in_force";
    case EntryFate::less_specific:
      return "less_specific";
    case EntryFate::exempt_before:
      return "exempt_before";
    case EntryFate::permit_before_deny:
      return "permit_before_deny";
    case EntryFate::class_order:
      return "class_order";
    case EntryFate::address_before_name:
      return "address_before_name";
  }
  return "?";
}

std::vector<CoveringEntry> covering_entries(const Policy& policy, const Client& client, Time at,
                                            const Verdict& verdict) {
  const Contest contest(policy, at, verdict);
  std::vector<CoveringEntry> covering;
  for (const EntryIndex index : policy.covering_entries(client)) {
    EntryDescription entry = policy.describe(index);
    const EntryFate fate = contest.fate_of(index, entry);
    covering.push_back({std::move(entry), fate});
  }
  std::ranges::reverse(covering);
  return covering;
}

}  // namespace portcullis
