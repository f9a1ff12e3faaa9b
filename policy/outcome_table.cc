#include "policy/outcome_table.h"

#include <cstdint>

#include "policy/prefix_table_builder.h"

namespace portcullis {
namespace {

// What the entries of one family decide, by the number of the entry.
class FamilyOutcomes {
 public:
  FamilyOutcomes(const EntryTable& entries, const std::vector<ClientClass>& classes,
                 const std::vector<bool>& in_force)
      : classes_(classes) {
    for (const EntryTable::Source& source : entries.sources) {
      const auto number = static_cast<std::size_t>(source.client_class);
      sources_.push_back({static_cast<Outcome>(number), in_force[number]});
    }
  }

  // Entries come in an order in which whatever lies around an entry comes before it.
  template <typename Bits>
  void decide_all(const NetworkEntries<Bits>& networks, DistinctOutcomes& outcomes) {
    decided_.resize(networks.size());
    Outcome last_seen = kNoOutcome;
    for (std::uint32_t entry = 0; entry < networks.size(); ++entry) {
      const Outcome outcome = decide(networks, entry);
      decided_[entry] = outcome;
      if (outcome != last_seen) outcomes.add(outcome);
      last_seen = outcome;
    }
  }

  // Of one network the strongest entry comes last, so that its outcome is the one that stays.
  template <typename Bits, typename Add>
  void for_each(const NetworkEntries<Bits>& networks, Add&& add) const {
    for (std::uint32_t entry = 0; entry < networks.size(); ++entry) {
      if (!source_of(networks, entry).in_force) continue;
      add(networks.first(entry), networks.length(entry), decided_[entry]);
    }
  }

 private:
  struct Source {
    Outcome client_class = kNoOutcome;
    bool in_force = false;
  };

  template <typename Bits>
  const Source& source_of(const NetworkEntries<Bits>& networks, std::uint32_t entry) const {
    return sources_[static_cast<std::size_t>(networks.origin(entry).source)];
  }

  bool is_exempt(Outcome outcome) const { return classes_[outcome].action == Action::exempt; }

  // The longest prefix decides, unless an exempt entry lies around it.
  template <typename Bits>
  Outcome decide(const NetworkEntries<Bits>& networks, std::uint32_t entry) const {
    const std::uint32_t outer = networks.outer(entry);
    const Outcome around = outer == networks.kNone ? kNoOutcome : decided_[outer];
    const Source& source = source_of(networks, entry);
    if (!source.in_force) return around;
    const EntryDetail* detail = networks.detail(entry);
    if (detail != nullptr && detail->expires) return kDependsOnTime;
    if (around == kNoOutcome || is_exempt(source.client_class)) return source.client_class;
    if (around == kDependsOnTime || is_exempt(around)) return around;
    return source.client_class;
  }

  const std::vector<ClientClass>& classes_;
  std::vector<Source> sources_;
  std::vector<Outcome> decided_;
};

}  // namespace

tl::expected<PrefixTable, PrefixTableError> build_outcome_table(
    const EntryTable& entries, const std::vector<ClientClass>& classes,
    const std::vector<bool>& in_force) {
  DistinctOutcomes outcomes;
  FamilyOutcomes ipv4(entries, classes, in_force);
  ipv4.decide_all(entries.ipv4, outcomes);
  FamilyOutcomes ipv6(entries, classes, in_force);
  ipv6.decide_all(entries.ipv6, outcomes);
  PrefixTableBuilder builder(outcomes, PrefixTable::kDefaultMaxBytes);
  builder.add_family<std::uint32_t>(entries.ipv4.size(),
                                    [&](auto&& add) { ipv4.for_each(entries.ipv4, add); });
  builder.add_family<AddressBits>(entries.ipv6.size(),
                                  [&](auto&& add) { ipv6.for_each(entries.ipv6, add); });
  return builder.take();
}

}  // namespace portcullis
