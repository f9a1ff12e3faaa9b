#pragma once

#include "cli/report.h"

namespace portcullis {

// Understands the command line and runs the subcommand that it asks for.
Report run_command_line(int argc, const char* const* argv);

}  // namespace portcullis
