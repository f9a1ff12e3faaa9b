#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis status`: what the running daemon says of itself.
void add_status(Commands& commands);

}  // namespace portcullis
