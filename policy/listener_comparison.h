#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy_difference.h"
#include "policy/treatment_judge.h"

namespace portcullis {

// ListenerComparison collects what differs on one listener while it is led over all clients: the
// address spaces in ascending order, then host names. Part of compare_policies().
class ListenerComparison {
 public:
  // How a client is treated before and after.
  struct Pair {
    TreatmentIndex was{};
    TreatmentIndex is{};
    friend bool operator==(const Pair&, const Pair&) = default;
  };

  ListenerComparison(std::string name, TreatmentJudge before, TreatmentJudge after,
                     TreatmentTable& table, std::size_t max_listed)
      : name_(std::move(name)),
        before_(std::move(before)),
        after_(std::move(after)),
        table_(table),
        max_listed_(max_listed) {}

  // All addresses from `first` to `last` are covered by the same entries. `ask_before`,
  // `ask_after`: the entries of that policy are others than those of the interval before.
  void visit_interval(IpAddress first, IpAddress last, bool ask_before, bool ask_after);
  // Behind the last interval of a family.
  void finish_family();

  // All clients with an entry's name, shown by one of their host names. Nothing to do if there is
  // no address that is left to host names.
  void visit_name(const std::string& entry, std::string_view host_name);

  const std::string& name() const { return name_; }
  // What the last visit found: listeners that always agree in it differ in the same way.
  const Pair& last() const { return last_; }
  // What was collected, those first that change the verdict.
  std::vector<TreatmentChange> take();

 private:
  struct Run {
    Pair pair;
    IpAddress first;
    IpAddress last;
  };
  struct Change {
    Pair pair;
    TreatmentChange change;
  };

  TreatmentChange& change_of(const Pair& pair);
  void end_run();

  std::string name_;
  TreatmentJudge before_;
  TreatmentJudge after_;
  TreatmentTable& table_;
  std::size_t max_listed_;

  TreatmentJudge::Judgement was_;
  TreatmentJudge::Judgement is_;
  Pair last_;
  std::optional<Run> run_;            // intervals that touch and agree
  std::optional<IpAddress> witness_;  // covered by no entry of either policy
  std::vector<Change> changes_;       // in the order in which they were met
};

}  // namespace portcullis
