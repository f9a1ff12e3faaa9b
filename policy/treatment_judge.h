#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "policy/client_treatment.h"
#include "policy/policy.h"

namespace portcullis {

// A treatment by number: equal numbers are equal treatments.
enum class TreatmentIndex : std::uint32_t {};

// The different treatments that were met, few however many clients are asked about.
class TreatmentTable {
 public:
  TreatmentIndex index_of(const ClientTreatment& treatment);
  const ClientTreatment& operator[](TreatmentIndex i) const {
    return treatments_[static_cast<std::size_t>(i)];
  }

 private:
  std::vector<ClientTreatment> treatments_;
};

// TreatmentJudge says how one policy treats clients of one listener at one time. It asks
// evaluate_connect() for every client, and works the rest out once for each different verdict. The
// policy and the table must outlive it.
class TreatmentJudge {
 public:
  TreatmentJudge(const Policy& policy, ListenerIndex listener, Time at, TreatmentTable& table)
      : policy_(policy), listener_(listener), at_(at), table_(table) {}

  struct Judgement {
    TreatmentIndex treatment{};
    bool by_entry = false;  // else by the listener's default
  };
  Judgement judge(const Client& client);

 private:
  // What a treatment depends on, but for the listener: beside the class little can vary today.
  struct Key {
    std::optional<ClassIndex> client_class;
    DecidedBy decided_by{};
    Disposition disposition{};
    AnswerAt answer_at{};
    Mode mode{};
    const SmtpReply* reply = nullptr;

    friend auto operator<=>(const Key&, const Key&) = default;
  };

  const Policy& policy_;
  ListenerIndex listener_;
  Time at_;
  TreatmentTable& table_;
  std::map<Key, TreatmentIndex> known_;
};

}  // namespace portcullis
