#include "cli/generate/generate.h"

#include <utility>

#include "cli/generate/generation.h"
#include "cli/list/output_file.h"
#include "contrib/postfix/postfix_configuration.h"
#include "contrib/sendmail/sendmail_configuration.h"

namespace portcullis {
namespace {

SendmailTarget sendmail_target(const GenerateArguments& arguments) {
  SendmailTarget target;
  target.config_dir = arguments.config_dir;
  target.version = arguments.mta_version;
  target.sendmail = arguments.sendmail;
  target.makemap = arguments.makemap;
  target.cf_dir = arguments.cf_dir;
  return target;
}

Generator postfix_generator() {
  return {
      Mta::postfix,
      [](const MtaSettings& settings, const GenerateArguments& arguments) {
        return make_postfix_configuration(settings, {arguments.config_dir, arguments.mta_version});
      },
      {}};
}

// sendmail.cf of the generated .mc.
Found<void> build_sendmail(const std::string& folder, const GenerateArguments& arguments) {
  const auto text = build_sendmail_cf(sendmail_target(arguments), folder + "/sendmail.mc");
  if (!text) return tl::unexpected(Report{ExitCode::unavailable, {}, text.error().format_all()});
  return write_output(folder + "/sendmail.cf", *text);
}

Generator sendmail_generator() {
  return {Mta::sendmail,
          [](const MtaSettings& settings, const GenerateArguments& arguments) {
            return make_sendmail_configuration(settings, sendmail_target(arguments));
          },
          build_sendmail};
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
             const std::string& config_dir, Generator generator) {
  const auto arguments = std::make_shared<GenerateArguments>();
  arguments->config_dir = config_dir;
  const bool sendmail = generator.mta == Mta::sendmail;
  Command& command =
      commands.add_to(group, name, help,
                      [arguments, generator = std::move(generator)](const CommonOptions& options) {
                        return generate(options, *arguments, generator);
                      });
  add_options(command, *arguments);
  if (!sendmail) return;
  command.add_option("--sendmail", arguments->sendmail, "The program sendmail")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_option("--makemap", arguments->makemap, "The program makemap")
      ->type_name("FILE")
      ->capture_default_str();
  command.add_option("--cf-dir", arguments->cf_dir, "Directory of Sendmail's m4 macros")
      ->type_name("DIRECTORY")
      ->capture_default_str();
}

}  // namespace

void add_generate(Commands& commands) {
  Command& group =
      commands.add_group("generate", "Write the MTA's own configuration from the policy");
  add_mta(commands, group, "postfix", "main.cf, master.cf and maps of Postfix", "/etc/postfix",
          postfix_generator());
  add_mta(commands, group, "sendmail", "sendmail.mc, sendmail.cf and maps of Sendmail", "/etc/mail",
          sendmail_generator());
}

}  // namespace portcullis
