#pragma once

#include <string>

#include "cli/json_text.h"

namespace portcullis {

struct DifferenceTextOptions {
  bool all = false;  // also what only changes the class or the limits, instead of a line for it
};

// A difference of two policies for people, from the object that config/difference_json.h describes,
// which may have come from the daemon: what is missing in it is left out. Fit for a terminal. Empty
// if there is no difference.
std::string difference_text(const Json& difference, const DifferenceTextOptions& options);

}  // namespace portcullis
