#include "cli/command_line.h"

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/check.h"
#include "cli/common_options.h"
#include "cli/dump.h"
#include "cli/explain.h"
#include "cli/option_manual.h"
#include "cli/reload.h"
#include "cli/status.h"

namespace portcullis {
namespace {

// The grammar of the command line, and what was found in it.
class CommandLine {
 public:
  CommandLine();
  Report run(int argc, const char* const* argv);

 private:
  // A subcommand that takes the common options too, before or after its name.
  CLI::App& subcommand(const std::string& name, const std::string& help,
                       std::function<Report()> run);
  void add_check();
  void add_explain();
  void add_dump();
  void add_daemon_commands();
  Report usage_error(const std::string& what) const;

  CLI::App app_{"Connection control for Postfix and Sendmail", "portcullis"};
  CommonOptions common_;
  bool strict_ = false;
  ExplainArguments explain_;
  bool defaults_ = false;
  bool manual_ = false;
  bool force_ = false;
  std::function<Report()> chosen_;
};

CommandLine::CommandLine() {
  app_.add_option("-c", common_.policy_file, "Policy file")
      ->type_name("FILE")
      ->capture_default_str();
  app_.add_flag("--json", common_.json, "Print JSON");
  app_.set_version_flag("-V,--version", "portcullis " PORTCULLIS_VERSION);
  app_.require_subcommand(0, 1);  // that there must be one is said in run()
  add_check();
  add_explain();
  add_dump();
  add_daemon_commands();
}

CLI::App& CommandLine::subcommand(const std::string& name, const std::string& help,
                                  std::function<Report()> run) {
  CLI::App& added = *app_.add_subcommand(name, help)->fallthrough();
  added.footer("-c FILE and --json may stand before or after the subcommand.");
  added.callback([this, run = std::move(run)] { chosen_ = run; });
  return added;
}

void CommandLine::add_check() {
  subcommand("check", "Say everything that is wrong with the policy and its lists", [this] {
    return check(common_, strict_);
  }).add_flag("--strict", strict_, "Fail on warnings too");
}

void CommandLine::add_explain() {
  CLI::App& explain_command = subcommand("explain", "Say what a client gets, and why",
                                         [this] { return explain(common_, explain_); });
  explain_command.add_option("ADDRESS", explain_.address, "Address of the client, or \"local\"")
      ->required()
      ->type_name("");
  explain_command.add_option("--name", explain_.name, "Host name that the MTA has verified")
      ->type_name("HOST");
  explain_command.add_option("--helo", explain_.helo, "What the client says in HELO")
      ->type_name("HOST");
  explain_command
      .add_option("--listener", explain_.listener,
                  "Listener it comes to; default: the first inbound")
      ->type_name("NAME");
  explain_command.add_option("--at", explain_.at, "When it comes, as 2027-01-31T00:00:00Z")
      ->type_name("TIME");
}

void CommandLine::add_dump() {
  CLI::App& dump_command =
      subcommand("dump", "Print the settings in force as a policy file", [this] {
        return manual_ ? Report{ExitCode::ok, option_manual(), {}} : dump(common_, defaults_);
      });
  dump_command.add_flag("--defaults", defaults_, "Also what is left at its default");
  dump_command.add_flag("--man", manual_, "Print the options as they stand in portcullis.conf(5)");
}

void CommandLine::add_daemon_commands() {
  subcommand("status", "Say what the running daemon does", [this] { return status(common_); });
  subcommand("reload", "Make the daemon read its policy again", [this] {
    return reload(common_, force_);
  }).add_flag("--force", force_, "Also if a list has lost most of its entries");
}

Report CommandLine::usage_error(const std::string& what) const {
  Report report = failure(ExitCode::usage, what);
  report.errors += app_.help();
  return report;
}

Report CommandLine::run(int argc, const char* const* argv) {
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {ExitCode::ok, app_.help(), {}};
  } catch (const CLI::CallForVersion& version) {
    return {ExitCode::ok, std::string(version.what()) + '\n', {}};
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  if (chosen_) return chosen_();
  // Not left to CLI11, which would complain of that before it looks at unknown options.
  return usage_error("say which subcommand is to run");
}

}  // namespace

Report run_command_line(int argc, const char* const* argv) {
  return CommandLine().run(argc, argv);
}

}  // namespace portcullis
