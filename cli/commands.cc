#include "cli/commands.h"

#include <utility>

namespace portcullis {

Commands::Commands(CLI::App& app) : app_(app) {
  app_.add_option("-c", options_.policy_file, "Policy file")
      ->type_name("FILE")
      ->capture_default_str();
  app_.add_flag("--json", options_.json, "Print JSON");
}

CLI::App& Commands::add(const std::string& name, const std::string& help, Run run) {
  return add_to(app_, name, help, std::move(run));
}

CLI::App& Commands::add_to(CLI::App& group, const std::string& name, const std::string& help,
                           Run run) {
  CLI::App& added = *group.add_subcommand(name, help)->fallthrough();
  added.footer("-c FILE and --json may stand before or after the subcommand.");
  added.callback([this, run = std::move(run)] { chosen_ = run; });
  return added;
}

CLI::App& Commands::add_group(const std::string& name, const std::string& help) {
  return *app_.add_subcommand(name, help)->fallthrough()->require_subcommand(0, 1);
}

}  // namespace portcullis
