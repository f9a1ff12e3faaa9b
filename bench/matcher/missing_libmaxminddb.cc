#include "bench/matcher/matcher.h"

namespace portcullis::bench {

void append_libmaxminddb(Matchers&, const std::vector<PrefixOutcome>&) {}

}  // namespace portcullis::bench
