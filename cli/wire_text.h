#pragma once

#include <string>
#include <vector>

#include "policy/verdict.h"

namespace portcullis {

// What a client with this verdict sees of it in its SMTP session, a line each; where Postfix and
// Sendmail differ, a line for each. As measured with Postfix 3.7 and Sendmail 8.17.
std::vector<std::string> on_the_wire(const Verdict& verdict);

}  // namespace portcullis
