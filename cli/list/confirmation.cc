#include "cli/list/confirmation.h"

#include <array>
#include <cerrno>

#include <unistd.h>

namespace portcullis {

bool can_ask() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

bool is_confirmed(const std::string& question) {
  if (!can_ask()) return false;
  const std::string prompt = question + " [y/N] ";
  // A prompt that cannot be printed is one that nobody answers.
  if (::write(STDERR_FILENO, prompt.data(), prompt.size()) < 0) return false;
  std::array<char, 256> answer{};
  ssize_t size = 0;
  do {
    size = ::read(STDIN_FILENO, answer.data(), answer.size());  // a line: it is a terminal
  } while (size < 0 && errno == EINTR);
  const std::string text(answer.data(), static_cast<std::size_t>(size > 0 ? size : 0));
  return text == "y\n" || text == "Y\n" || text == "yes\n";
}

}  // namespace portcullis
