#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace portcullis::testing {

// The seeds that a randomised test runs with: a fixed one and one of this run, both printed; or the
// one of PORTCULLIS_TEST_SEED, to see a failure again.
inline std::vector<std::uint64_t> seeds() {
  std::vector<std::uint64_t> seeds;
  if (const char* given = std::getenv("PORTCULLIS_TEST_SEED")) {
    seeds = {std::stoull(given)};
  } else {
    seeds = {20261121, std::random_device{}()};
  }
  for (const std::uint64_t seed : seeds) std::cout << "PORTCULLIS_TEST_SEED=" << seed << '\n';
  return seeds;
}

}  // namespace portcullis::testing
