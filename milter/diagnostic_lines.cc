#include "milter/diagnostic_lines.h"

namespace portcullis {
namespace {

// format() sets the repair on an indented line of its own.
std::string joined(const std::string& text) {
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n') {
      line += text[i];
      continue;
    }
    const auto next = text.find_first_not_of(" \n", i);
    if (next == std::string::npos) break;
    line += "; ";
    i = next - 1;
  }
  return line;
}

}  // namespace

std::vector<std::string> diagnostic_lines(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics.sorted()) {
    if (lines.size() == kMaxDiagnosticLines) break;
    lines.push_back(joined(format(diagnostic)));
  }
  const std::size_t all = diagnostics.errors() + diagnostics.warnings();
  if (all > lines.size()) {
    lines.push_back("and " + std::to_string(all - lines.size()) +
                    " more: run portcullis check for all of them");
  }
  return lines;
}

}  // namespace portcullis
