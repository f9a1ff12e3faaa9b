#pragma once

#include <vector>

#include <tl/expected.hpp>

#include "contrib/apply.h"

namespace portcullis {

// The endpoints that answer now, each in the way that it does: one that greets and offers no TLS is
// given back without `starttls`. Asks each once or twice.
std::vector<MtaEndpoint> answering(const std::vector<MtaEndpoint>& endpoints,
                                   const EndpointProbe& probe);

// Notes: those that answer, and whose TLS could not be tried. Asks all again and again until they
// answer: an MTA takes a while to take over. Patience and pauses are those of `options`; the time
// that a question takes counts too. An error for each that does not answer.
tl::expected<Diagnostics, Diagnostics> wait_for_answers(const std::vector<MtaEndpoint>& endpoints,
                                                        const ApplyOptions& options);

}  // namespace portcullis
