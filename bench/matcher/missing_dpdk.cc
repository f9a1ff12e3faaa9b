#include "bench/matcher/matcher.h"

namespace portcullis::bench {

void append_dpdk(Matchers&, const std::vector<PrefixOutcome>&) {}

double dpdk_add_loop(const std::vector<PrefixOutcome>&) {
  return -1;
}

}  // namespace portcullis::bench
