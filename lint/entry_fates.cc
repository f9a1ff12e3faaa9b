#include "lint/entry_fates.h"

#include <algorithm>
#include <set>
#include <span>

namespace portcullis {
namespace {

struct Judgement {
  Fate fate = Fate::decides;
  EntryIndex by{};
};

// The classes in force on a listener, by ClassIndex.
using Group = std::vector<bool>;

std::set<Group> groups_of(const Policy& policy) {
  std::set<Group> groups;
  for (std::size_t l = 0; l < policy.listeners().size(); ++l) {
    Group group;
    for (const ClientClass& c : policy.classes()) {
      group.push_back(c.in_force_on(static_cast<ListenerIndex>(l)));
    }
    groups.insert(std::move(group));
  }
  return groups;
}

// What stands around an entry.
struct Surroundings {
  std::vector<EntryIndex> stronger;  // the same network or name, heard first
  std::vector<EntryIndex> outer;     // the same or wider, from the narrowest on
  std::size_t same = 0;              // how many of `outer` are the same network or name

  void clear() {
    stronger.clear();
    outer.clear();
    same = 0;
  }
};

class FateFinder {
 public:
  FateFinder(const Policy& policy, Time now)
      : policy_(policy), entries_(policy.entries()), until_(entries_.size(), Time::max()) {
    for (std::size_t e = 0; e < entries_.size(); ++e) {
      const auto expires = entries_.expires(static_cast<EntryIndex>(e));
      if (expires) until_[e] = *expires > now ? *expires : Time::min();
    }
  }

  EntryFates find() {
    all_.assign(entries_.size(), {});
    std::vector<bool> judged(entries_.size());
    const std::set<Group> groups = groups_of(policy_);
    for (const Group& group : groups) {
      judge_group(group);
      for (std::size_t e = 0; e < all_.size(); ++e) {
        if (!in_force(index(e), group)) continue;
        // Needed on one listener is needed.
        if (!judged[e] || here_[e].fate == Fate::decides) all_[e] = here_[e];
        judged[e] = true;
      }
    }
    needed_.assign(entries_.size(), false);
    for (const Group& group : groups) {
      find_held(entries_.ipv4, 0, group);
      find_held(entries_.ipv6, entries_.ipv4.size(), group);
    }
    const std::size_t networks = entries_.ipv4.size() + entries_.ipv6.size();
    for (std::size_t e = 0; e < networks; ++e) {
      if (judged[e] && !needed_[e] && all_[e].fate == Fate::decides) {
        all_[e].fate = Fate::held_by_others;
      }
    }
    return collect();
  }

 private:
  static EntryIndex index(std::size_t e) { return static_cast<EntryIndex>(e); }
  Time until(EntryIndex e) const { return until_[static_cast<std::size_t>(e)]; }
  std::size_t class_index(EntryIndex e) const {
    return static_cast<std::size_t>(entries_.class_of(e));
  }
  const ClientClass& class_of(EntryIndex e) const {
    return policy_.client_class(entries_.class_of(e));
  }
  bool is_exempt(EntryIndex e) const { return class_of(e).action == Action::exempt; }
  bool expired(EntryIndex e) const { return until(e) == Time::min(); }
  bool in_force(EntryIndex e, const Group& group) const {
    return !expired(e) && group[class_index(e)];
  }

  void judge_group(const Group& group) {
    here_.assign(entries_.size(), {});
    judge_networks(entries_.ipv4, 0, group);
    judge_networks(entries_.ipv6, entries_.ipv4.size(), group);
    judge_names(group);
  }

  // `before` is the number of the table's first entry.
  template <typename Bits>
  void judge_networks(const NetworkEntries<Bits>& table, std::size_t before, const Group& group) {
    const auto same = [&table](std::uint32_t a, std::uint32_t b) {
      return table.first(a) == table.first(b) && table.length(a) == table.length(b);
    };
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      const EntryIndex entry = index(before + i);
      const bool alone =
          table.outer(i) == table.kNone && (i + 1 == table.size() || !same(i, i + 1));
      if (alone || !in_force(entry, group)) continue;
      around_.clear();
      for (std::uint32_t s = i + 1; s < table.size() && same(i, s); ++s) {
        if (in_force(index(before + s), group)) around_.stronger.push_back(index(before + s));
      }
      for (std::uint32_t o = table.outer(i); o != table.kNone; o = table.outer(o)) {
        if (!in_force(index(before + o), group)) continue;
        if (same(i, o)) ++around_.same;
        around_.outer.push_back(index(before + o));
      }
      here_[before + i] = judge(entry, true);
    }
  }

  void judge_names(const Group& group) {
    const std::size_t before = entries_.ipv4.size() + entries_.ipv6.size();
    for (std::uint32_t i = 0; i < entries_.names.size(); ++i) {
      const EntryIndex entry = index(before + i);
      if (!in_force(entry, group)) continue;
      around_.clear();
      const std::string text = entries_.names.text(i);
      const bool domain = text.starts_with('.');
      bool passed = false;
      // The exact name, then the domains around it; of one name the strongest first.
      entries_.names.for_each_matching(domain ? text.substr(1) : text, [&](std::uint32_t other) {
        const EntryIndex o = index(before + other);
        if (o == entry) {
          passed = true;
          return;
        }
        const bool same = entries_.names.text(other) == text;
        if ((!same && !passed) || !in_force(o, group)) return;
        if (!passed) around_.stronger.push_back(o);
        if (passed && same) ++around_.same;
        if (passed) around_.outer.push_back(o);
      });
      here_[before + i] = judge(entry, false);
    }
  }

  // By what stands around the entry, in around_. `exempt_first`: whether exempt entries go before
  // longer ones, which they do by address, and not by name.
  Judgement judge(EntryIndex entry, bool exempt_first) const {
    const bool exempt = is_exempt(entry);
    const auto outlasts_entry = [&](EntryIndex e) { return until(e) >= until(entry); };
    if (exempt_first && !exempt) {
      for (const EntryIndex o : around_.outer) {
        if (is_exempt(o) && outlasts_entry(o)) return {Fate::under_exempt, o};
      }
    }
    for (const EntryIndex s : around_.stronger) {
      if (!outlasts_entry(s)) continue;
      const bool alike = treat_alike(class_of(s), class_of(entry));
      // Only exempt beats exempt; it is alike by that.
      return {alike ? Fate::overruled_alike : Fate::overruled, s};
    }
    // What would decide without it, as long as it lasts.
    for (std::size_t i = 0; i < around_.outer.size(); ++i) {
      const EntryIndex o = around_.outer[i];
      // An exempt entry passes over what is not exempt; of others an exempt entry that ends sooner
      // is only in the way until then.
      if (exempt_first && exempt != is_exempt(o)) continue;
      if (!treat_alike(class_of(o), class_of(entry))) break;
      // Of two that say the same network or name for as long, the other is the needless one.
      const bool other_is_needless = i < around_.same && until(o) == until(entry);
      if (!outlasts_entry(o) || other_is_needless) continue;
      return {class_index(o) == class_index(entry) ? Fate::covered : Fate::covered_alike, o};
    }
    return {};
  }

  // Adds up, from the inside out, how much of each network more specific entries hold for good;
  // who is not held whole is needed. Entries found needless do not count: they may go.
  template <typename Bits>
  void find_held(const NetworkEntries<Bits>& table, std::size_t before, const Group& group) {
    std::vector<Bits> held(table.size());
    std::vector<Bits> held_exempt(table.size());
    const auto size_of = [&table](std::uint32_t i) {
      return static_cast<Bits>(Bits{1} << (table.kWidth - table.length(i)));
    };
    for (auto i = static_cast<std::uint32_t>(table.size()); i-- > 0;) {
      const EntryIndex entry = index(before + i);
      const bool counts = in_force(entry, group);
      const bool exempt = counts && is_exempt(entry);
      if (counts && (exempt ? held_exempt[i] : held[i]) != size_of(i)) needed_[before + i] = true;
      const bool takes =
          counts && all_[before + i].fate == Fate::decides && until(entry) == Time::max();
      const std::uint32_t outer = table.outer(i);
      if (outer == table.kNone) continue;
      held[outer] += takes ? size_of(i) : held[i];
      held_exempt[outer] += takes && exempt ? size_of(i) : held_exempt[i];
    }
  }

  EntryFates collect() const {
    EntryFates fates;
    fates.in_force.resize(policy_.classes().size());
    fates.idle.resize(policy_.classes().size());
    for (std::size_t e = 0; e < all_.size(); ++e) {
      if (expired(index(e))) continue;
      ++fates.in_force[class_index(index(e))];
      if (never_decides(all_[e].fate)) ++fates.idle[class_index(index(e))];
      if (all_[e].fate != Fate::decides) {
        fates.needless.push_back({index(e), all_[e].fate, all_[e].by});
      }
    }
    return fates;
  }

  const Policy& policy_;
  const EntryTable& entries_;
  std::vector<Time> until_;  // Time::min(): expired; Time::max(): lasts
  std::vector<Judgement> all_;
  std::vector<bool> needed_;     // on some listener more specific entries leave something of it
  std::vector<Judgement> here_;  // on the listeners of one group
  Surroundings around_;
};

}  // namespace

bool never_decides(Fate fate) {
  return fate == Fate::overruled || fate == Fate::overruled_alike || fate == Fate::under_exempt ||
         fate == Fate::held_by_others;
}

bool treat_alike(const ClientClass& a, const ClientClass& b) {
  if (&a == &b) return true;
  if (a.action != b.action) return false;
  if (a.action == Action::exempt) return true;
  if (a.mode != b.mode) return false;
  if (a.action == Action::deny) return a.reply == b.reply && a.answer_at == b.answer_at;
  const auto has_total = [](const ClientClass& c) {
    return c.max_connections || c.reserved_connections > 0;
  };
  return !has_total(a) && !has_total(b) &&
         a.max_connections_per_client == b.max_connections_per_client;
}

EntryFates find_entry_fates(const Policy& policy, Time now) {
  return FateFinder(policy, now).find();
}

}  // namespace portcullis
