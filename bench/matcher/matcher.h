#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/prefix_outcome.h"

namespace portcullis::bench {

// Addresses are looked up this many at a time by structures that have a call for it.
inline constexpr std::size_t kBulk = 64;

// A prefix table of some make, ours or an anchor, holding the entries of one family. All make the
// same passes over the same addresses, each with the address in the form in which it wants it.
class Matcher {
 public:
  explicit Matcher(std::string name) : name_(std::move(name)) {}
  virtual ~Matcher() = default;
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  const std::string& name() const { return name_; }

  // What the lookup tables occupy, in bytes.
  virtual std::size_t memory_bytes() const = 0;

  // The addresses of the passes to come.
  virtual void take(std::span<const IpAddress> addresses) = 0;

  // The answers to them, one by one.
  virtual std::vector<Outcome> answers() = 0;

  // Seconds for one pass in which each address depends on the answer before it.
  virtual double latency_pass() = 0;

  // Seconds for one pass over addresses that are known beforehand.
  virtual double throughput_pass() = 0;

 private:
  std::string name_;
};

using Matchers = std::vector<std::unique_ptr<Matcher>>;

// Each appends what it can make of `sorted`, entries of one family. What cannot hold them, or is
// not part of this program, is left out with a message on standard error.
void append_ours(Matchers& matchers, const std::vector<PrefixOutcome>& sorted);
void append_binary_search(Matchers& matchers, const std::vector<PrefixOutcome>& sorted);
void append_dpdk(Matchers& matchers, const std::vector<PrefixOutcome>& sorted);
void append_libmaxminddb(Matchers& matchers, const std::vector<PrefixOutcome>& sorted);

// Seconds that rte_fib_create, or rte_fib6_create, took, and a loop of rte_fib_add over the
// entries.
struct DpdkBuild {
  double create_seconds = 0;
  double add_seconds = 0;
};
// Adds the entries in their order; nothing without DPDK.
std::optional<DpdkBuild> dpdk_build(const std::vector<PrefixOutcome>& entries);

}  // namespace portcullis::bench
