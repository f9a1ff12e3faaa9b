#include "tests/mta/support/sendmail_programs.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include <fmt/core.h>

#include "tests/mta/support/child_process.h"

namespace portcullis::testing {

std::filesystem::path sendmail_root() {
  const char* configured = std::getenv("PORTCULLIS_SENDMAIL_ROOT");
  return configured != nullptr && *configured != '\0' ? configured
                                                      : PORTCULLIS_SENDMAIL_ROOT_DEFAULT;
}

// m4 goes on after an error of a FEATURE or a macro; only its text tells.
std::string run_m4(const std::filesystem::path& source) {
  const std::string directory = (sendmail_root() / "usr/share/sendmail/cf/").string();
  const CommandResult result = run_command({"m4", "-D_CF_DIR_=" + directory, source.string()});
  if (!result.status.success() || result.error.find("ERROR") != std::string::npos) {
    throw std::runtime_error(
        fmt::format("m4 {}: {}: {}", source.string(), result.status.describe(), result.error));
  }
  return result.output;
}

std::string make_access_map(const std::filesystem::path& map, const std::filesystem::path& text,
                            const std::filesystem::path& configuration) {
  std::filesystem::remove(map.string() + ".db");
  const std::string program = sendmail_root() / "usr/libexec/sendmail/makemap";
  const CommandResult result = run_command({"sh", "-c", "exec \"$1\" -C \"$2\" hash \"$3\" <\"$4\"",
                                            "sh", program, configuration, map, text});
  std::istringstream errors(result.error);
  std::string complaints;
  for (std::string line; std::getline(errors, line);) {
    // Of a scratch directory below /tmp, whatever the configuration trusts.
    if (!line.starts_with("WARNING: World writable directory")) complaints += line + '\n';
  }
  return complaints.empty() && !result.status.success() ? result.status.describe() : complaints;
}

}  // namespace portcullis::testing
