#pragma once

#include <string>
#include <string_view>

#include "cli/report.h"

namespace portcullis {

// Makes `text` the content of a file: a new one, or in place of the one that is there, whole or not
// at all (EditedFile). A device such as /dev/stdout is written to.
Found<void> write_output(const std::string& file, std::string_view text);

}  // namespace portcullis
