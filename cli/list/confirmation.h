#pragma once

#include <string>

namespace portcullis {

// Asks a question that is answered with y or n, if standard input is a terminal. `question` is
// printed as it is. False for everything but a clear yes, and at once without a terminal.
bool is_confirmed(const std::string& question);

// True if there is somebody to ask.
bool can_ask();

}  // namespace portcullis
