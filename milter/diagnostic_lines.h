#pragma once

#include <string>
#include <vector>

#include "config/diagnostic.h"

namespace portcullis {

// The diagnostics for a log or a control reply: one line each, the repair behind a semicolon, and
// not more than kMaxDiagnosticLines, with a last line that counts the rest.
inline constexpr std::size_t kMaxDiagnosticLines = 200;
std::vector<std::string> diagnostic_lines(const Diagnostics& diagnostics);

}  // namespace portcullis
