#include "cli/certificate/installation_report.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/certificate/certificate_text.h"
#include "cli/diagnostic_json.h"
#include "tls/policy_certificate.h"

namespace portcullis {
namespace {

std::string told(const Installation& done, const CertificateFiles& files, std::string_view verb) {
  std::string text;
  if (done.finished_another) {
    text += fmt::format("{}: finished an import that was cut short\n", shown(files.name));
  }
  if (!done.changed) return text + fmt::format("{}: is there already\n", shown(files.name));
  text += fmt::format("{}: {}", shown(files.name), verb);
  for (const std::string& file : done.files) text += ' ' + shown(file);
  return text + (done.kept_previous ? "; the files before are kept as .previous\n" : "\n");
}

// What the caller can mend by other arguments or another policy, or what the system refused.
ExitCode code_of_failure(const Diagnostics& found) {
  const auto kinds = found.by_code();
  const bool of_system = std::ranges::any_of(kinds, [](const CodeCount& kind) {
    return kind.code == "not-installed" || kind.code == "permission-denied" ||
           kind.code == "unreadable";
  });
  return of_system ? ExitCode::write_failed : ExitCode::bad_data;
}

// What had been checked is in place, and is wrong there all the same: somebody else writes to these
// files, or two of their names lead to one file. A mail server had better not read that.
constexpr std::string_view kNotAsPut =
    "what is in place is not what was put there; the mail server was not told\n";

}  // namespace

void add_apply_options(Command& command, ApplyArguments& arguments) {
  command.add_choice(
      "--apply", {"postfix", "sendmail"},
      [&arguments](std::size_t which) {
        arguments.mta = which == 0 ? Mta::postfix : Mta::sendmail;
      },
      "Make the mail server read the files again");
  command.add_option("--config-dir", arguments.config_dir, "Of that mail server")->type_name("DIR");
}

Report installation_report(const CommonOptions& options, const NamedCertificate& named,
                           const Installation& done, std::string_view verb,
                           const ApplyArguments& apply, Time at) {
  const CertificateFiles& files = named.files;
  const CheckedCertificates checked = check_policy_certificate(files, options.policy_file, at);
  const bool good = !checked.found.has_errors();
  const bool to_reload = apply.mta && done.changed && good;
  Report report{good ? ExitCode::ok : ExitCode::internal, {}, {}};
  Found<void> reloaded;
  if (to_reload) reloaded = reload_mta(*apply.mta, apply.config_dir, named.policy);
  if (!reloaded) report = {reloaded.error().code, {}, reloaded.error().errors};
  const bool did_reload = to_reload && reloaded;
  if (options.json) {
    Json json = findings_json(checked.found);
    json.update(section_json(named.policy, files));
    json.update({{"installed", true},
                 {"changed", done.changed},
                 {"files", done.files},
                 {"previous_kept", done.kept_previous},
                 {"finished_another", done.finished_another},
                 {"reloaded", did_reload},
                 {"certificates", to_json(checked.certificates)}});
    report.output = json_text(json);
    return report;
  }
  report.output = told(done, files, verb) + summary(files.name, checked);
  if (did_reload) report.output += fmt::format("{} reloaded\n", to_string(*apply.mta));
  report.errors += checked.found.format_all();
  if (!good) report.errors += fmt::format("portcullis: {}: {}", shown(files.name), kNotAsPut);
  return report;
}

Report not_installed(const CommonOptions& options, const std::string& name,
                     const Diagnostics& found, ExitCode code) {
  if (!options.json) {
    return {
        code, {}, found.format_all() + "portcullis: " + shown(name) + ": nothing was changed\n"};
  }
  Json json = findings_json(found);
  json.update({{"name", name}, {"installed", false}, {"changed", false}});
  return {code, json_text(json), {}};
}

Report not_installed(const CommonOptions& options, const NamedCertificate& named,
                     const Diagnostics& found) {
  return not_installed(options, named.files.name,
                       in_policy(found, named.files, options.policy_file), code_of_failure(found));
}

}  // namespace portcullis
