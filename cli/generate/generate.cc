#include "cli/generate/generate.h"

#include <memory>

#include "cli/generate/generation.h"
#include "contrib/postfix/postfix_configuration.h"
#include "contrib/sendmail/sendmail_configuration.h"

#include "host/host_addresses.h"

namespace portcullis {
namespace {

std::unique_ptr<MtaConfiguration> make_postfix(const MtaSettings& settings,
                                               const GenerateArguments& arguments) {
  return make_postfix_configuration(settings, {arguments.config_dir, arguments.mta_version});
}

std::unique_ptr<MtaConfiguration> make_sendmail(const MtaSettings& settings,
                                                const GenerateArguments& arguments) {
  SendmailTarget target;
  target.config_dir = arguments.config_dir;
  target.version = arguments.mta_version;
  target.sendmail = arguments.sendmail;
  target.cf_dir = arguments.cf_dir;
  target.ipv6_loopback = arguments.elsewhere || has_ipv6_loopback();
  return make_sendmail_configuration(settings, target);
}

struct MtaCommand {
  const char* name;
  const char* help;
  const char* directory;
  MakeConfiguration make;
};

void add_sendmail_options(Command& command, GenerateArguments& arguments) {
  const SendmailTarget usual;
  arguments.sendmail = usual.sendmail;
  arguments.cf_dir = usual.cf_dir;
  command.add_option("--sendmail", arguments.sendmail, "The program")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_option("--cf-dir", arguments.cf_dir, "Directory of Sendmail's m4 macros")
      ->type_name("DIRECTORY")
      ->capture_default_str();
}

void add_mta(Commands& commands, Command& group, const MtaCommand& mta) {
  const auto arguments = std::make_shared<GenerateArguments>();
  arguments->config_dir = mta.directory;
  Command& command = commands.add_to(group, mta.name, mta.help,
                                     [arguments, make = mta.make](const CommonOptions& options) {
                                       return generate(options, *arguments, make);
                                     });
  command
      .add_option("--config-dir", arguments->config_dir,
                  "Configuration directory, to compare with or to change")
      ->type_name("DIRECTORY")
      ->capture_default_str();
  command
      .add_option("--mta-version", arguments->mta_version,
                  "Version to write for, such as 3.7.11, instead of that of the MTA here")
      ->type_name("VERSION");
  command.add_flag("--no-host", arguments->elsewhere,
                   "The policy is for another host: do not look at the certificates here");
  CommandOption* const output =
      command
          .add_option("--output", arguments->output,
                      "Write the files into this directory instead of printing them")
          ->type_name("DIRECTORY");
  CommandOption* const diff = command.add_flag("--diff", arguments->diff,
                                               "Say what differs from the configuration directory");
  CommandOption* const apply =
      command.add_flag("--apply", arguments->apply,
                       "Put it into force, and take it back if the MTA does not like it");
  diff->excludes(output);
  apply->excludes(output);
  apply->excludes(diff);
  command.add_flag("--dry-run", arguments->dry_run, "With --apply: only say what would change");
  if (mta.make == make_sendmail) add_sendmail_options(command, *arguments);
}

}  // namespace

void add_generate(Commands& commands) {
  Command& group =
      commands.add_group("generate", "Write the MTA's own configuration from the policy");
  add_mta(commands, group,
          {"postfix", "main.cf, master.cf and maps of Postfix", "/etc/postfix", make_postfix});
  add_mta(commands, group,
          {"sendmail", "portcullis.m4 of Sendmail, and a .mc for it", "/etc/mail", make_sendmail});
}

}  // namespace portcullis
