#pragma once

#include "cli/commands.h"

namespace portcullis {

// `portcullis explain`: what the policy says of a client, and why; of many clients, in a table.
// Needs no daemon; if one answers, it says how many connections are open now.
void add_explain(Commands& commands);

}  // namespace portcullis
