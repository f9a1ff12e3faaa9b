#pragma once

#include <string>

#include "cli/report.h"
#include "tls/secret_text.h"

namespace portcullis {

// The first line of a file, without its end. The file should be its owner's alone.
Found<SecretText> passphrase_in(const std::string& file);

// Asks on the terminal, without echo; whatever ends the asking, the echo is on again. A failure if
// there is no terminal: programs give a file.
Found<SecretText> ask_for_passphrase(const std::string& about);

}  // namespace portcullis
