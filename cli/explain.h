#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis explain`: what the policy says of a client, and why. Asks no daemon.
void add_explain(Commands& commands);

}  // namespace portcullis
