#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/certificate/certificate.h"
#include "cli/certificate/certificate_text.h"
#include "cli/certificate/installation_report.h"
#include "cli/time_argument.h"
#include "tls/policy_certificate.h"

namespace portcullis {
namespace {

struct UndoArguments {
  std::string name;
  ApplyArguments apply;
};

Report undo(const CommonOptions& options, const UndoArguments& arguments) {
  const auto named = find_certificate(options, arguments.name);
  if (!named) return named.error();
  const Time now = *time_asked_for(std::nullopt);
  const CertificateFiles before = previous_files(named->files);
  if (!std::filesystem::exists(before.certificate.value)) {
    return failure(
        ExitCode::bad_data,
        fmt::format("{} has no files before; they are kept by each import", arguments.name));
  }
  const CheckedCertificates checked = check_certificates(set_of(before), now);
  if (checked.found.has_errors()) {
    return not_installed(options, arguments.name, checked.found, ExitCode::bad_data);
  }
  const auto done = install_previous(named->files);
  if (!done) return not_installed(options, *named, done.error());
  return installation_report(options, *named, *done, "put back", arguments.apply, now);
}

}  // namespace

void add_certificate_undo(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<UndoArguments>();
  Command& command = add_with_keys(
      commands, group, "undo", "Take back the last import; twice makes it again",
      [arguments](const CommonOptions& options) { return undo(options, *arguments); });
  command.add_option("NAME", arguments->name, "A [certificate NAME] of the policy")
      ->type_name("")
      ->required();
  add_apply_options(command, arguments->apply);
}

}  // namespace portcullis
