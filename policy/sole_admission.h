#pragma once

#include <cstdint>
#include <optional>

#include "policy/ip_prefix.h"
#include "policy/policy.h"
#include "policy/verdict.h"

namespace portcullis {

// The limits that hold for a client; unset is unlimited.
struct LimitsInForce {
  IpPrefix client_network;
  std::optional<std::uint32_t> client;
  std::optional<std::uint32_t> client_class;
  std::optional<std::uint32_t> listener;
};

// Takes a verdict of evaluate_connect() on to the end, by admit(), for a client that finds no other
// connection open. Returns the limits that hold for it; empty for one that is not counted.
// `address` is the client's. Makes a connection table of its own: not for every connection.
std::optional<LimitsInForce> admit_alone(const Policy& policy, IpAddress address, Verdict& verdict);

}  // namespace portcullis
