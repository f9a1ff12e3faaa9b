#pragma once

#include "cli/commands.h"

namespace portcullis {

// generate postfix|sendmail: the host MTA's configuration, printed, written, compared or applied.
void add_generate(Commands& commands);

}  // namespace portcullis
