#include <chrono>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/certificate/certificate.h"
#include "cli/certificate/installation_report.h"
#include "cli/certificate/new_key_arguments.h"
#include "cli/time_argument.h"
#include "tls/policy_certificate.h"
#include "tls/self_signed.h"

namespace portcullis {
namespace {

constexpr std::size_t kMostDays = 3650;

struct SelfSignedArguments : NewKeyArguments {
  std::size_t days = 365;
  bool force = false;
  ApplyArguments apply;
};

// One that an authority has issued is worth more, and stays unless --force is given.
Found<void> check_present(const CertificateFiles& files, bool force) {
  const auto present = read_certificates(files.certificate.value).certificates;
  if (force || present.empty() || present.front().self_signed) return {};
  return tl::unexpected(failure(
      ExitCode::bad_data,
      fmt::format("{} was issued by {}; give --force to replace it by one that no client trusts",
                  files.certificate.value, present.front().issuer)));
}

Report self_signed(const CommonOptions& options, const SelfSignedArguments& arguments) {
  const auto named = find_certificate(options, arguments.name);
  if (!named) return named.error();
  const auto hosts = hosts_wanted(arguments, named->files);
  if (!hosts) return hosts.error();
  if (auto good = check_present(named->files, arguments.force); !good) return good.error();
  const Time now = *time_asked_for(std::nullopt);
  const auto lifetime = std::chrono::days(static_cast<std::int64_t>(arguments.days));
  const auto made = make_self_signed(arguments.type, *hosts, now, lifetime);
  if (!made) return failure(ExitCode::internal, "OpenSSL could not make a key");
  if (const auto found =
          check_leaf_of(*made, named->files.certificate.value, hosts_of(named->files), now);
      found.has_errors()) {
    return not_installed(options, *named, found);
  }
  const auto done = install(*made, named->files);
  if (!done) return not_installed(options, *named, done.error());
  return installation_report(options, *named, *done, "installed", arguments.apply, now);
}

}  // namespace

void add_certificate_self_signed(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<SelfSignedArguments>();
  Command& command = add_with_keys(
      commands, group, "self-signed", "Make a key and a certificate that it signs itself",
      [arguments](const CommonOptions& options) { return self_signed(options, *arguments); });
  add_new_key_options(command, *arguments);
  command.add_option("--days", arguments->days, "How long it is valid")
      ->in_range(1, kMostDays)
      ->capture_default_str();
  command.add_flag("--force", arguments->force, "Replace one that an authority has issued");
  add_apply_options(command, arguments->apply);
}

}  // namespace portcullis
