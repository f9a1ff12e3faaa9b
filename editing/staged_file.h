#pragma once

#include <string>
#include <string_view>

#include <sys/types.h>
#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

// Who may read and write a file that is written.
struct FileModes {
  mode_t fresh = 0600;  // of one that is new
  mode_t most = 07777;  // one that is there keeps its own, less what goes beyond this
};

// Writes the new file `name`, which is to take the place of the one at `path`, in the same folder:
// with its owner, group, mode and access control list, if it is there. Synced, and open to nobody
// else before it has its mode. On failure something may be left of it.
tl::expected<void, Problem> write_beside(const std::string& path, const std::string& name,
                                         std::string_view text, const FileModes& modes = {});

}  // namespace portcullis
