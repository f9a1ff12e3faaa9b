#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>

#include "cli/report.h"

namespace portcullis {

// Makes `text` the content of a file that an option named: a new one, or in place of the one that
// is there, whole or not at all, with a mode of at most `most` (write_whole_file()). What is not a
// regular file is written to, and so is a descriptor of ours, whatever it leads to: /dev/stdout.
Found<void> write_output(const std::string& file, std::string_view text, mode_t most = 07777);

}  // namespace portcullis
