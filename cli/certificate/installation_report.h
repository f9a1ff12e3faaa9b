#pragma once

#include <optional>
#include <string>

#include "cli/certificate/installation.h"
#include "cli/certificate/policy_certificates.h"
#include "cli/command.h"
#include "cli/mta_reload.h"
#include "cli/report.h"
#include "policy/policy.h"

namespace portcullis {

// What import, undo and self-signed have in common: they put files in place, look at them there,
// and have the mail server read them.

// --apply postfix|sendmail, --config-dir DIR
struct ApplyArguments {
  std::optional<Mta> mta;
  std::optional<std::string> config_dir;
};

void add_apply_options(Command& command, ApplyArguments& arguments);

// Checks what is in place now, reloads the mail server if that is asked for and nothing is wrong,
// and says all of it. What is wrong now was not when it was put there: ExitCode::internal.
// `verb` is what was done: "installed".
Report installation_report(const CommonOptions& options, const NamedCertificate& named,
                           const Installation& done, std::string_view verb,
                           const ApplyArguments& apply, Time at);

// Nothing was done: why, with the findings as they are to be shown.
Report not_installed(const CommonOptions& options, const std::string& name,
                     const Diagnostics& found, ExitCode code);
// The same for a failure of putting the files in place.
Report not_installed(const CommonOptions& options, const NamedCertificate& named,
                     const Diagnostics& found);

}  // namespace portcullis
