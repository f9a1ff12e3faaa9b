#pragma once

#include <array>
#include <cstring>
#include <utility>

#include <benchmark/benchmark.h>

#include "bench/matcher/matcher.h"
#include "bench/matcher/stopwatch.h"

namespace portcullis::bench {

// Zero, which the compiler cannot know: it makes an address depend on the answer before it.
inline volatile std::uint32_t unknown_zero = 0;

using Ipv6Bytes = std::array<std::uint8_t, 16>;

// The same address, known only when `zero` is. The four bytes of a socket address's family and port
// take part as well as any others.
template <typename Key>
Key dependent(Key key, std::uint32_t zero) {
  std::uint32_t first = 0;
  std::memcpy(&first, &key, sizeof first);
  first ^= zero;
  std::memcpy(&key, &first, sizeof first);
  return key;
}
inline std::uint32_t dependent(std::uint32_t key, std::uint32_t zero) {
  return key ^ zero;
}
inline AddressBits dependent(AddressBits key, std::uint32_t zero) {
  return key ^ zero;
}

inline Ipv6Bytes network_order(IpAddress address) {
  Ipv6Bytes bytes;
  for (unsigned i = 0; i < 16; ++i) {
    bytes[i] = static_cast<std::uint8_t>(address.bits() >> (120 - 8 * i) & 0xff);
  }
  return bytes;
}

// The passes over a Structure, compiled where the structure is, so that what can be inlined is. It
// has a type Key, `static Key key(IpAddress)`, `Outcome find(const Key&) const`, `memory_bytes()`
// and, if it has a faster way to many answers, `Outcome find_all(std::span<Key>) const`: their sum.
template <typename Structure>
class TimedMatcher : public Matcher {
 public:
  template <typename... Arguments>
  explicit TimedMatcher(std::string name, Arguments&&... arguments)
      : Matcher(std::move(name)), structure_(std::forward<Arguments>(arguments)...) {}

  std::size_t memory_bytes() const override { return structure_.memory_bytes(); }

  void take(std::span<const IpAddress> addresses) override {
    keys_.clear();
    for (const IpAddress address : addresses) keys_.push_back(Structure::key(address));
  }

  std::vector<Outcome> answers() override {
    std::vector<Outcome> found;
    for (const Key& key : keys_) found.push_back(structure_.find(key));
    return found;
  }

  double latency_pass() override {
    const std::uint32_t zero = unknown_zero;
    Outcome previous = 0;
    const Stopwatch watch;
    for (const Key& key : keys_) previous = structure_.find(dependent(key, previous & zero));
    benchmark::DoNotOptimize(previous);
    return watch.seconds();
  }

  double throughput_pass() override {
    const Stopwatch watch;
    Outcome sum = 0;
    if constexpr (requires { structure_.find_all(std::span(keys_)); }) {
      sum = structure_.find_all(std::span(keys_));
    } else {
      for (const Key& key : keys_) sum += structure_.find(key);
    }
    benchmark::DoNotOptimize(sum);
    return watch.seconds();
  }

 private:
  using Key = typename Structure::Key;

  Structure structure_;
  std::vector<Key> keys_;
};

}  // namespace portcullis::bench
