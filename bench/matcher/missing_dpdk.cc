#include "bench/matcher/matcher.h"

namespace portcullis::bench {

void append_dpdk(Matchers&, const std::vector<PrefixOutcome>&) {}

std::optional<DpdkBuild> dpdk_build(const std::vector<PrefixOutcome>&) {
  return std::nullopt;
}

}  // namespace portcullis::bench
