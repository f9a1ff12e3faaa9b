#include "formats/first_match.h"

#include <algorithm>

#include "formats/leftmost_match.h"

namespace portcullis {
namespace {

AddressBits one_address(AddressFamily family) {
  return static_cast<AddressBits>(1) << (128 - address_width(family));
}

}  // namespace

// Goes through the addresses of one family in ascending order, from one place where a pattern
// starts or ends to the next.
class FirstMatchTable::Sweep {
 public:
  Sweep(const FirstMatchTable& table, AddressFamily family)
      : table_(table), family_(family), match_(table.rules_.size()) {
    for (std::size_t i = 0; i < table.rules_.size(); ++i) begin_rule(i);
    for (std::size_t i = 0; i < table.conditions_.size(); ++i) begin_condition(i);
    std::ranges::sort(turns_, {}, &Turn::at);
  }

  std::vector<Stretch> run() {
    std::vector<Stretch> stretches;
    auto turn = turns_.begin();
    AddressBits at = 0;
    while (true) {
      for (; turn != turns_.end() && turn->at == at; ++turn) take(*turn);
      const auto rule = match_.leftmost();
      if (stretches.empty() || stretches.back().rule != rule) stretches.push_back({at, rule});
      if (turn == turns_.end()) return stretches;
      at = turn->at;
    }
  }

 private:
  // From `at` on the addresses are inside the pattern, or no longer.
  struct Turn {
    AddressBits at = 0;
    std::size_t number = 0;  // of the rule or condition
    bool condition = false;
    bool inside = false;
  };

  void add_turns(const IpPrefix& pattern, std::size_t number, bool condition) {
    turns_.push_back({pattern.bits(), number, condition, true});
    const AddressBits behind = pattern.last().bits() + one_address(family_);
    if (behind != 0) turns_.push_back({behind, number, condition, false});
  }

  void begin_rule(std::size_t number) {
    const Rule& rule = table_.rules_[number];
    if (rule.pattern.family() != family_) return;
    match_.set_matching(number, rule.negated);
    add_turns(rule.pattern, number, false);
  }

  void begin_condition(std::size_t number) {
    const Condition& condition = table_.conditions_[number];
    const bool ours = condition.pattern.family() == family_;
    if (!ours || !condition.negated) match_.add_obstacle(condition.first_rule, condition.end_rule);
    if (ours) add_turns(condition.pattern, number, true);
  }

  void take(const Turn& turn) {
    if (!turn.condition) {
      match_.set_matching(turn.number, turn.inside != table_.rules_[turn.number].negated);
      return;
    }
    const Condition& condition = table_.conditions_[turn.number];
    if (turn.inside != condition.negated) {
      match_.remove_obstacle(condition.first_rule, condition.end_rule);
    } else {
      match_.add_obstacle(condition.first_rule, condition.end_rule);
    }
  }

  const FirstMatchTable& table_;
  AddressFamily family_;
  LeftmostMatch match_;
  std::vector<Turn> turns_;
};

std::size_t FirstMatchTable::add_rule(const IpPrefix& pattern, bool negated) {
  const bool whole = open_.empty() || (open_.back().simple && open_.back().inside.covers(pattern));
  rules_.push_back({pattern, negated, !negated && whole});
  return rules_.size() - 1;
}

void FirstMatchTable::open_condition(const IpPrefix& pattern, bool negated) {
  Open open{conditions_.size(), !negated, pattern};
  if (!open_.empty()) {
    const Open& around = open_.back();
    if (pattern.covers(around.inside)) open.inside = around.inside;
    open.simple = open.simple && around.simple && around.inside.covers(open.inside);
  }
  open_.push_back(open);
  conditions_.push_back({pattern, negated, rules_.size(), rules_.size()});
}

void FirstMatchTable::close_condition() {
  conditions_[open_.back().condition].end_rule = rules_.size();
  open_.pop_back();
}

void FirstMatchTable::resolve() {
  while (!open_.empty()) close_condition();
  decided_.resize(rules_.size());
  ipv4_ = Sweep(*this, AddressFamily::ipv4).run();
  ipv6_ = Sweep(*this, AddressFamily::ipv6).run();
  keep(AddressFamily::ipv4, ipv4_);
  keep(AddressFamily::ipv6, ipv6_);
}

void FirstMatchTable::keep(AddressFamily family, const std::vector<Stretch>& stretches) {
  const IpPrefix everyone(IpAddress::from_bits(0, family), 0);
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    if (!stretches[i].rule) continue;
    const AddressBits last = i + 1 < stretches.size() ? stretches[i + 1].first - one_address(family)
                                                      : everyone.last().bits();
    decided_[*stretches[i].rule].push_back(
        {IpAddress::from_bits(stretches[i].first, family), IpAddress::from_bits(last, family)});
  }
}

std::optional<std::size_t> FirstMatchTable::rule_for(IpAddress address) const {
  const std::vector<Stretch>& all = stretches(address.family());
  const auto behind = std::ranges::upper_bound(all, address.bits(), {}, &Stretch::first);
  return std::prev(behind)->rule;
}

}  // namespace portcullis
