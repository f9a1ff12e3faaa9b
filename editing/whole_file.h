#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>
#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

// Makes `text` the content of the file at `path`, whatever it held before: a new file, or in the
// place of the one that is there, which keeps its owner, group, mode and access control list.
// Unlike EditedFile it neither reads the old text nor keeps it.
//
// At whatever point the process or the machine stops, there is the old file or none, or the new
// one, whole: the text goes to .NAME.new beside it, is synced, and takes the name. A symbolic link
// stays one; a file with other names (hard links), and what is not a regular file, is refused.
// Nobody gets more than `most`, of which the umask takes its part off a new file.
tl::expected<void, Problem> write_whole_file(const std::string& path, std::string_view text,
                                             mode_t most = 07777);

}  // namespace portcullis
