#include "cli/policy_source.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace portcullis {
namespace {

template <typename T>
Found<T> or_report(tl::expected<T, Diagnostics> loaded, const std::string& path) {
  if (loaded) return *std::move(loaded);
  return tl::unexpected(Report{exit_code_of_bad_policy(path), {}, loaded.error().format_all()});
}

}  // namespace

Found<LoadedPolicy> open_policy(const std::string& path) {
  return or_report(load_policy(path), path);
}

Found<DaemonSettings> open_daemon_settings(const std::string& path) {
  return or_report(load_daemon_settings(path), path);
}

Found<MtaSettings> open_certificates(const std::string& path) {
  return or_report(load_certificates(path), path);
}

ExitCode exit_code_of_bad_policy(const std::string& path) {
  if (faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0) return ExitCode::bad_policy;
  if (errno == ENOENT || errno == ENOTDIR) return ExitCode::no_policy_file;
  return errno == EACCES ? ExitCode::no_permission : ExitCode::bad_policy;
}

}  // namespace portcullis
