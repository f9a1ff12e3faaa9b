#pragma once

#include <string>

#include "cli/report.h"

namespace portcullis {

// All of a file, or of standard input for "-": what other programs write, so a FIFO will do, and a
// last line without line end too. At most 1 GiB. UTF-16, as Windows exports have it, is refused
// with the repair.
Found<std::string> read_input(const std::string& file);

}  // namespace portcullis
