#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis diff OLD NEW`: exactly the clients that two policies treat differently. Ends like
// diff(1): 0 if there are none, 1 if there are, and more on trouble.
void add_diff(Commands& commands);

}  // namespace portcullis
