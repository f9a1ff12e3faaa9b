// What Postfix has logged, wherever it logs.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "contrib/log_line.h"
#include "contrib/postfix/postfix_lint.h"
#include "policy/printable.h"

#include "host/program_output.h"

namespace portcullis {
namespace {

constexpr std::size_t kLongestLine = 300;
constexpr std::streamoff kTail = 1048576;  // of a busy minute

std::string tail_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in.is_open()) return {};
  const std::streamoff size = in.tellg();
  in.seekg(std::max<std::streamoff>(0, size - kTail));
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string log_text(const std::string& directory) {
  auto file = program_output({"postconf", "-c", directory, "-xh", "maillog_file"}).value_or("");
  file = file.substr(0, file.find('\n'));
  if (!file.empty()) return file == "/dev/stdout" ? std::string() : tail_of(file);
  if (std::filesystem::exists("/var/log/mail.log")) return tail_of("/var/log/mail.log");
  return program_output({"journalctl", "--no-pager", "-q", "-p", "warning", "-n", "2000", "-t",
                         "postfix", "-t", "postfix/master", "-t", "postfix/smtpd"})
      .value_or("");
}

// What a client says stands further on in a line.
bool complains(const std::string& line) {
  constexpr std::array<std::string_view, 4> kWords = {"warning: ", "error: ", "fatal: ", "panic: "};
  const std::string_view said = message_of(line);
  return program_of(line).find("postfix") != std::string_view::npos &&
         std::ranges::any_of(kWords, [&](std::string_view word) { return said.starts_with(word); });
}

}  // namespace

std::vector<std::string> postfix_complaints(const std::string& directory) {
  std::istringstream log(log_text(directory));
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) {
    if (complains(line)) lines.push_back(printable(line, kLongestLine));
  }
  return lines;
}

}  // namespace portcullis
