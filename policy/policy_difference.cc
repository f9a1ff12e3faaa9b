#include "policy/policy_difference.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "policy/entry_table.h"
#include "policy/listener_comparison.h"
#include "policy/network_sweep.h"
#include "policy/treatment_judge.h"

namespace portcullis {
namespace {

IpAddress address_of(std::uint32_t bits) {
  return IpAddress::from_ipv4(bits);
}
IpAddress address_of(AddressBits bits) {
  return IpAddress::from_bits(bits, AddressFamily::ipv6);
}

class Comparison {
 public:
  Comparison(const Policy& before, const Policy& after, const DifferenceOptions& options)
      : before_(before), after_(after), options_(options) {}

  PolicyDifference run();

 private:
  void match_listeners(PolicyDifference& difference);
  template <typename Bits>
  void sweep(const NetworkEntries<Bits>& before, const NetworkEntries<Bits>& after);
  void visit_names();
  void part_those_that_differ();
  std::vector<ListenerDifference> grouped();

  const Policy& before_;
  const Policy& after_;
  const DifferenceOptions& options_;
  TreatmentTable treatments_;
  std::vector<ListenerComparison> listeners_;
  // For each listener the first one that has agreed with it so far; itself, if none has.
  std::vector<std::size_t> alike_;
};

void Comparison::match_listeners(PolicyDifference& difference) {
  const auto& was = before_.listeners();
  const auto& is = after_.listeners();
  for (const Listener& listener : is) {
    if (std::ranges::find(was, listener.name, &Listener::name) == was.end()) {
      difference.added_listeners.push_back(listener.name);
    }
  }
  for (std::size_t i = 0; i < was.size(); ++i) {
    const auto found = std::ranges::find(is, was[i].name, &Listener::name);
    if (found == is.end()) {
      difference.removed_listeners.push_back(was[i].name);
      continue;
    }
    std::ranges::move(listener_changes(was[i], *found), std::back_inserter(difference.settings));
    const auto after_index = static_cast<ListenerIndex>(found - is.begin());
    listeners_.emplace_back(
        was[i].name,
        TreatmentJudge(before_, static_cast<ListenerIndex>(i), options_.at, treatments_),
        TreatmentJudge(after_, after_index, options_.at, treatments_), treatments_,
        options_.max_listed);
  }
  alike_.assign(listeners_.size(), 0);  // all agree until they differ
}

// Splits the groups by what the last visit has found.
void Comparison::part_those_that_differ() {
  const auto differs = [this](std::size_t i) {
    return listeners_[i].last() != listeners_[alike_[i]].last();
  };
  std::vector<std::size_t> indexes(listeners_.size());
  std::iota(indexes.begin(), indexes.end(), std::size_t{0});
  if (std::ranges::none_of(indexes, differs)) return;
  const std::vector<std::size_t> so_far = alike_;
  for (const std::size_t i : indexes) {
    alike_[i] = *std::ranges::find_if(indexes, [&](std::size_t first) {
      return so_far[first] == so_far[i] && listeners_[first].last() == listeners_[i].last();
    });
  }
}

template <typename Bits>
void Comparison::sweep(const NetworkEntries<Bits>& before, const NetworkEntries<Bits>& after) {
  NetworkSweep<Bits> was(before);
  NetworkSweep<Bits> is(after);
  bool was_moved = true;
  bool is_moved = true;
  for (Bits first = 0;;) {
    const Bits last = std::min(was.last(), is.last());
    for (ListenerComparison& listener : listeners_) {
      listener.visit_interval(address_of(first), address_of(last), was_moved, is_moved);
    }
    part_those_that_differ();
    if (last == static_cast<Bits>(~Bits{0})) break;
    was_moved = was.last() == last;
    is_moved = is.last() == last;
    if (was_moved) was.next();
    if (is_moved) is.next();
    first = static_cast<Bits>(last + 1);
  }
  for (ListenerComparison& listener : listeners_) listener.finish_family();
}

// A host name that the entry holds, and no other that is more specific: no entry has a star. Below
// the longest of domains there is no room for a name.
std::string host_name_of(const std::string& entry) {
  if (!entry.starts_with('.')) return entry;
  return entry.size() < HostNameTable::kMaxNameLength ? '*' + entry : entry.substr(1);
}

void Comparison::visit_names() {
  std::vector<std::string> names;
  for (const Policy* policy : {&before_, &after_}) {
    const HostNameTable& table = policy->entries().names;
    for (std::uint32_t i = 0; i < table.size(); ++i) names.push_back(table.text(i));
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : names) {
    const std::string host = host_name_of(name);
    for (ListenerComparison& listener : listeners_) listener.visit_name(name, host);
    part_those_that_differ();
  }
}

std::vector<ListenerDifference> Comparison::grouped() {
  std::vector<ListenerDifference> groups;
  for (std::size_t leader = 0; leader < listeners_.size(); ++leader) {
    if (alike_[leader] != leader) continue;
    ListenerDifference group;
    group.changes = listeners_[leader].take();
    if (group.changes.empty()) continue;
    for (std::size_t i = leader; i < listeners_.size(); ++i) {
      if (alike_[i] == leader) group.listeners.push_back(listeners_[i].name());
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

PolicyDifference Comparison::run() {
  PolicyDifference difference;
  match_listeners(difference);
  if (listeners_.empty()) return difference;
  sweep(before_.entries().ipv4, after_.entries().ipv4);
  sweep(before_.entries().ipv6, after_.entries().ipv6);
  visit_names();
  difference.listeners = grouped();
  return difference;
}

}  // namespace

PolicyDifference compare_policies(const Policy& before, const Policy& after,
                                  const DifferenceOptions& options) {
  return Comparison(before, after, options).run();
}

}  // namespace portcullis
