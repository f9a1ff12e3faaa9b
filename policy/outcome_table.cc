#include "policy/outcome_table.h"

namespace portcullis {
namespace {

class OutcomeCollector {
 public:
  OutcomeCollector(const EntryTable& entries, const std::vector<ClientClass>& classes,
                   const std::vector<bool>& in_force)
      : entries_(entries), classes_(classes), in_force_(in_force) {
    outcomes_.reserve(entries.ipv4.size() + entries.ipv6.size());
  }

  // Entries come in an order in which whatever lies around an entry comes before it, and of one
  // network the strongest last, so that its outcome is the one that stays.
  template <typename Bits, typename Prefix>
  void collect(const NetworkEntries<Bits>& networks, Prefix&& prefix_of) {
    std::vector<Outcome> decided(networks.size());
    for (std::uint32_t entry = 0; entry < networks.size(); ++entry) {
      const std::uint32_t outer = networks.outer(entry);
      const Outcome around = outer == networks.kNone ? kNoOutcome : decided[outer];
      const ClassIndex own = class_of(networks.origin(entry));
      if (!in_force_[static_cast<std::size_t>(own)]) {
        decided[entry] = around;
        continue;
      }
      const EntryDetail* detail = networks.detail(entry);
      const bool expires = detail != nullptr && detail->expires;
      decided[entry] = expires ? kDependsOnTime : decide(own, around);
      outcomes_.push_back({prefix_of(entry), decided[entry]});
    }
  }

  std::vector<PrefixOutcome> take() { return std::move(outcomes_); }

 private:
  ClassIndex class_of(const EntryOrigin& origin) const {
    return entries_.sources[static_cast<std::size_t>(origin.source)].client_class;
  }

  bool is_exempt(Outcome outcome) const { return classes_[outcome].action == Action::exempt; }

  // The longest prefix decides, unless an exempt entry lies around it.
  Outcome decide(ClassIndex own, Outcome around) const {
    const auto own_outcome = static_cast<Outcome>(own);
    if (around == kNoOutcome || is_exempt(own_outcome)) return own_outcome;
    if (around == kDependsOnTime || is_exempt(around)) return around;
    return own_outcome;
  }

  const EntryTable& entries_;
  const std::vector<ClientClass>& classes_;
  const std::vector<bool>& in_force_;
  std::vector<PrefixOutcome> outcomes_;
};

}  // namespace

tl::expected<PrefixTable, PrefixTableError> build_outcome_table(
    const EntryTable& entries, const std::vector<ClientClass>& classes,
    const std::vector<bool>& in_force) {
  OutcomeCollector collector(entries, classes, in_force);
  collector.collect(entries.ipv4, [&](std::uint32_t entry) {
    return IpPrefix(IpAddress::from_ipv4(entries.ipv4.first(entry)), entries.ipv4.length(entry));
  });
  collector.collect(entries.ipv6, [&](std::uint32_t entry) {
    return IpPrefix(IpAddress::from_bits(entries.ipv6.first(entry), AddressFamily::ipv6),
                    entries.ipv6.length(entry));
  });
  return PrefixTable::build(collector.take());
}

}  // namespace portcullis
