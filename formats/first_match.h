#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "config/entry_text.h"
#include "policy/ip_prefix.h"

namespace portcullis {

// A table in which the first rule that matches decides, as in cidr_table(5): patterns, negated
// patterns, and conditions around rules that nest. A rule or condition, negated or not, holds only
// for addresses of its pattern's family. Our lists know another order, the longest prefix; what a
// table means in that order is found so:
//
//   A rule that decides nothing is left out. A plain rule (not negated, and no condition around it
//   takes an address away from it) becomes its pattern; any other the ranges that it decides.
//
// The longest prefix then answers for every address x as the first match r did. If r is plain, a
// narrower plain pattern at x stands behind r (or it would have decided x) and so decides nothing;
// no range holds x. If r is not plain, x lies in a prefix Q of one of its ranges, all of which r
// decides; a plain pattern at x inside Q decides nothing, and one around Q is shorter.
class FirstMatchTable {
 public:
  // Adds a rule behind all others; returns its number, from 0.
  std::size_t add_rule(const IpPrefix& pattern, bool negated);
  // The rules up to close_condition(), or to the end, hold only where this does.
  void open_condition(const IpPrefix& pattern, bool negated);
  void close_condition();
  std::size_t open_conditions() const { return open_.size(); }

  // Finds out which rule decides where. To be called once, when all have been added. Exact.
  // O(n log n) for n rules and conditions.
  void resolve();

  // Of a table that is resolved. The addresses for which the rule decides, in ascending order;
  // neighbours are joined.
  const std::vector<AddressRange>& decided_by(std::size_t rule) const { return decided_[rule]; }
  bool is_plain(std::size_t rule) const { return rules_[rule].plain; }
  // O(log n).
  std::optional<std::size_t> rule_for(IpAddress address) const;

 private:
  struct Rule {
    IpPrefix pattern;
    bool negated = false;
    bool plain = false;
  };
  struct Condition {
    IpPrefix pattern;
    bool negated = false;
    std::size_t first_rule = 0;
    std::size_t end_rule = 0;  // behind the last
  };
  // A condition that has not been closed yet, with those around it.
  struct Open {
    std::size_t condition = 0;
    bool simple = false;  // all of them together are one prefix, `inside`
    IpPrefix inside;
  };
  // From here on, up to the next one, `rule` decides.
  struct Stretch {
    AddressBits first = 0;
    std::optional<std::size_t> rule;
  };
  class Sweep;

  void keep(AddressFamily family, const std::vector<Stretch>& stretches);
  const std::vector<Stretch>& stretches(AddressFamily family) const {
    return family == AddressFamily::ipv4 ? ipv4_ : ipv6_;
  }

  std::vector<Rule> rules_;
  std::vector<Condition> conditions_;
  std::vector<Open> open_;  // the innermost last
  std::vector<std::vector<AddressRange>> decided_;
  std::vector<Stretch> ipv4_;
  std::vector<Stretch> ipv6_;
};

}  // namespace portcullis
