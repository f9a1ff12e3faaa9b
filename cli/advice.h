#pragma once

#include <string>
#include <vector>

#include "cli/explanation.h"

namespace portcullis {

// What the administrator could do to change the verdict, a sentence each, with the command or the
// place to edit. May hold bytes that came from files: not yet fit for a terminal. Empty for local
// submission.
std::vector<std::string> advice(const Explanation& explanation);

}  // namespace portcullis
