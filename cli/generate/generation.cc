#include "cli/generate/generation.h"

#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/diagnostic_json.h"
#include "cli/generate/apply_report.h"
#include "cli/generate/change_text.h"
#include "cli/generate/generated_output.h"
#include "cli/policy_source.h"
#include "tls/policy_certificate.h"
#include "tls/tls_profile.h"

namespace portcullis {
namespace {

Time now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// OpenSSL skips the names that it does not know, and offers less than the policy says.
void add_unknown_ciphers(const MtaSettings& settings, Diagnostics& found) {
  const auto& profile = settings.server.tls_profile;
  if (!profile || profile->value != TlsProfile::intermediate) return;
  for (const std::string& name : unknown_ciphers(kIntermediateCiphers)) {
    found.warning(settings.policy_file, profile->line, "tls_profile = intermediate",
                  fmt::format("names {}, which the OpenSSL of this host does not offer", name),
                  "with --no-host this host's OpenSSL is not asked", "unknown-cipher");
  }
}

// What is wrong with the policy for any MTA, and with the files that it names.
Diagnostics findings_of(const LoadedPolicy& loaded, const GenerateArguments& arguments) {
  Diagnostics found = find_undeliverable(loaded.mta);
  if (arguments.elsewhere) return found;
  for (const CertificateFiles& files : loaded.mta.certificates) {
    found.add_all(check_policy_certificate(files, loaded.mta.policy_file, now()).found);
  }
  add_unknown_ciphers(loaded.mta, found);
  return found;
}

Report refused(const CommonOptions& options, const Diagnostics& found) {
  const ExitCode code = code_of_refusal(found);
  if (options.json) return {code, json_text(findings_json(found)), {}};
  return {code, {}, found.format_all()};
}

Report compare(const CommonOptions& options, const MtaConfiguration& mta, Diagnostics found) {
  const auto changes = mta.changes();
  if (!changes) {
    found.add_all(changes.error());
    return refused(options, found);
  }
  const ExitCode code = changes->empty() ? ExitCode::ok : ExitCode::differs;
  if (options.json) return {code, json_text(changes_json(*changes, found)), {}};
  return {code, changes_text(*changes, options.policy_file), found.format_all()};
}

}  // namespace

Report generate(const CommonOptions& options, const GenerateArguments& arguments,
                MakeConfiguration make) {
  const auto loaded = open_policy(options.policy_file);
  if (!loaded) return loaded.error();
  Diagnostics found = findings_of(*loaded, arguments);
  if (found.has_errors()) return refused(options, found);
  const auto mta = make(loaded->mta, arguments);
  found.add_all(mta->findings());
  if (found.has_errors()) return refused(options, found);
  if (arguments.apply && arguments.dry_run) {
    Report report = compare(options, *mta, found);
    if (report.code == ExitCode::differs) report.code = ExitCode::ok;
    return report;
  }
  if (arguments.apply) return apply_and_report(options, arguments.config_dir, *mta, found);
  if (arguments.diff) return compare(options, *mta, found);
  if (arguments.output) return write_generated(options, arguments, *mta, found);
  return print_generated(options, mta->files(), found);
}

}  // namespace portcullis
