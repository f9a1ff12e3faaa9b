#include "policy/listener_comparison.h"

#include <algorithm>
#include <utility>

namespace portcullis {
namespace {

// What stays as it is is all the same, however different it is on other listeners.
ListenerComparison::Pair changed(TreatmentIndex was, TreatmentIndex is) {
  return was == is ? ListenerComparison::Pair{} : ListenerComparison::Pair{was, is};
}

}  // namespace

void ListenerComparison::visit_interval(IpAddress first, IpAddress last, bool ask_before,
                                        bool ask_after) {
  if (ask_before) was_ = before_.judge({first, {}});
  if (ask_after) is_ = after_.judge({first, {}});
  if (!witness_ && !was_.by_entry && !is_.by_entry) witness_ = first;
  last_ = changed(was_.treatment, is_.treatment);
  if (run_ && run_->pair == last_) {
    run_->last = last;
    return;
  }
  end_run();
  run_ = {last_, first, last};
}

void ListenerComparison::finish_family() {
  end_run();
  run_.reset();
}

void ListenerComparison::end_run() {
  if (!run_ || run_->pair.was == run_->pair.is) return;
  change_of(run_->pair).networks.add_range(run_->first, run_->last);
}

void ListenerComparison::visit_name(const std::string& entry, std::string_view host_name) {
  last_ = {};
  if (!witness_) return;
  const Client client{witness_, host_name};
  last_ = changed(before_.judge(client).treatment, after_.judge(client).treatment);
  if (last_.was == last_.is) return;
  TreatmentChange& change = change_of(last_);
  ++change.name_count;
  if (change.names.size() < max_listed_) change.names.push_back(entry);
}

TreatmentChange& ListenerComparison::change_of(const Pair& pair) {
  const auto found = std::ranges::find(changes_, pair, &Change::pair);
  if (found != changes_.end()) return found->change;
  changes_.push_back(
      {pair, {table_[pair.was], table_[pair.is], CountedNetworks(max_listed_), 0, {}}});
  return changes_.back().change;
}

std::vector<TreatmentChange> ListenerComparison::take() {
  std::vector<TreatmentChange> taken;
  for (Change& change : changes_) taken.push_back(std::move(change.change));
  std::stable_partition(taken.begin(), taken.end(),
                        [](const TreatmentChange& change) { return change.changes_verdict(); });
  return taken;
}

}  // namespace portcullis
