#pragma once

#include <string>
#include <string_view>

#include "editing/descriptor.h"

namespace portcullis {

// The steps of writing that must not be lost with the power. Both return 0 or errno's value.

// All of the text, in as many calls as it takes.
int write_all(const Descriptor& file, std::string_view text);

// The names of the folder that `path` is in: one is kept through a power failure only then.
int sync_directory(const std::string& path);

}  // namespace portcullis
