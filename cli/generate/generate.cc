#include "cli/generate/generate.h"

#include <memory>

#include "cli/generate/generation.h"
#include "contrib/postfix/postfix_configuration.h"

namespace portcullis {
namespace {

std::unique_ptr<MtaConfiguration> make_postfix(const MtaSettings& settings,
                                               const GenerateArguments& arguments) {
  return make_postfix_configuration(settings, {arguments.config_dir, arguments.mta_version});
}

void add_options(Command& command, GenerateArguments& arguments) {
  command
      .add_option("--config-dir", arguments.config_dir,
                  "Configuration directory of the MTA, to compare with or to change")
      ->type_name("DIRECTORY")
      ->capture_default_str();
  CommandOption* const output = command.add_option(
      "--output", arguments.output, "Write the files into this directory instead of printing them");
  output->type_name("DIRECTORY");
  CommandOption* const diff = command.add_flag("--diff", arguments.diff,
                                               "Say what differs from the configuration directory");
  CommandOption* const apply =
      command.add_flag("--apply", arguments.apply,
                       "Put it into force, and take it back if the MTA does not like it");
  diff->excludes(output);
  apply->excludes(output);
  apply->excludes(diff);
  command.add_flag("--dry-run", arguments.dry_run, "With --apply: only say what would change");
  command
      .add_option("--mta-version", arguments.mta_version,
                  "Version to write for, such as 3.7.11, instead of that of the MTA here")
      ->type_name("VERSION");
  command.add_flag("--no-host", arguments.elsewhere,
                   "The policy is for another host: do not look at the certificates here");
}

void add_mta(Commands& commands, Command& group, const std::string& name, const std::string& help,
             const std::string& config_dir, MakeConfiguration make) {
  const auto arguments = std::make_shared<GenerateArguments>();
  arguments->config_dir = config_dir;
  Command& command =
      commands.add_to(group, name, help, [arguments, make](const CommonOptions& options) {
        return generate(options, *arguments, make);
      });
  add_options(command, *arguments);
}

}  // namespace

void add_generate(Commands& commands) {
  Command& group =
      commands.add_group("generate", "Write the MTA's own configuration from the policy");
  add_mta(commands, group, "postfix", "main.cf, master.cf and maps of Postfix", "/etc/postfix",
          make_postfix);
}

}  // namespace portcullis
