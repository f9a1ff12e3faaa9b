#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "contrib/postfix/postfix_changes.h"

namespace portcullis {

// Makes the changes in the configuration directory: main.cf and master.cf by postconf(1), other
// files whole or not at all. No change: no file is touched. A failure may leave some made.
tl::expected<void, Diagnostics> make_changes(const std::string& directory,
                                             const PostfixChanges& changes);

// A file of the directory as it is; nothing if it is not there.
std::optional<std::string> read_config_file(const std::string& path);

}  // namespace portcullis
