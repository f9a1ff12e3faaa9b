#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "policy/policy.h"
#include "policy/verdict.h"

namespace portcullis {

// ClientTreatment is what a client gets, in words that outlive the policy: two of them, of
// whichever policies, are equal if the client cannot tell them apart and neither can the log.
struct ClientTreatment {
  // How many connections it may hold; unset is unlimited.
  struct Limits {
    std::optional<std::uint32_t> client;
    std::optional<std::uint32_t> client_class;
    std::optional<std::uint32_t> listener;
    std::uint32_t reserved = 0;  // reserved_connections of its class

    friend bool operator==(const Limits&, const Limits&) = default;
  };

  // The verdict.
  Disposition disposition = Disposition::proceed;
  bool observed = false;  // not let through by the verdict, but because it is only observed
  AnswerAt answer_at = AnswerAt::connect;
  std::string reply;  // empty if the disposition is proceed

  // Whose it is, and what goes with it.
  DecidedBy decided_by = DecidedBy::listener_default;
  std::string client_class;      // its name; empty if no class decides
  std::optional<Limits> limits;  // empty: not counted

  // True if only the class or the limits differ, if anything.
  bool has_same_verdict(const ClientTreatment& other) const;

  friend bool operator==(const ClientTreatment&, const ClientTreatment&) = default;
};

// What a client with this verdict of evaluate_connect() gets if it finds no other connection open.
// `address` is the client's.
ClientTreatment treatment_of(const Policy& policy, IpAddress address, Verdict verdict);

}  // namespace portcullis
