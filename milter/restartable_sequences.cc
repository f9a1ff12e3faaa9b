#include "milter/restartable_sequences.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <sys/auxv.h>
#include <sys/rseq.h>
#include <unistd.h>

namespace portcullis {
namespace {

constexpr const char* kVariable = "GLIBC_TUNABLES";
constexpr std::string_view kTunable = "glibc.pthread.rseq=";

}  // namespace

void do_without_restartable_sequences(char** argv) {
  if (__rseq_size == 0) return;  // not registered
  // glibc then takes the variable out of the environment: we would start for ever.
  if (::getauxval(AT_SECURE) != 0) return;
  const char* const before = std::getenv(kVariable);
  std::string tunables = before == nullptr ? "" : before;
  if (tunables.find(kTunable) != std::string::npos) return;
  if (!tunables.empty()) tunables += ':';
  tunables.append(kTunable).append("0");
  if (::setenv(kVariable, tunables.c_str(), /*overwrite=*/1) != 0) return;
  // By its own name, which the process is then known by.
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) ::execv(program.c_str(), argv);
}

}  // namespace portcullis
