#include "cli/commands.h"

#include <utility>

#include <CLI/CLI.hpp>

namespace portcullis {

Commands::Commands(CLI::App& app) : app_(app) {
  app_.add_option("-c", options_.policy_file, "Policy file")
      ->type_name("FILE")
      ->capture_default_str();
  app_.add_flag("--json", options_.json, "Print JSON");
}

Command& Commands::keep(CLI::App& added, Run run) {
  added.fallthrough();
  added.footer("-c FILE and --json may stand before or after the subcommand.");
  added.callback([this, run = std::move(run)] { chosen_ = run; });
  return commands_.emplace_back(added);
}

Command& Commands::add(const std::string& name, const std::string& help, Run run) {
  return keep(*app_.add_subcommand(name, help), std::move(run));
}

Command& Commands::add_to(Command& group, const std::string& name, const std::string& help,
                          Run run) {
  return keep(*group.app().add_subcommand(name, help), std::move(run));
}

Command& Commands::add_group(const std::string& name, const std::string& help) {
  return commands_.emplace_back(
      *app_.add_subcommand(name, help)->fallthrough()->require_subcommand(0, 1));
}

}  // namespace portcullis
