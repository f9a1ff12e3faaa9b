#include "cli/command_line.h"

#include <string>

#include <CLI/CLI.hpp>

#include "cli/certificate/certificate.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/diff.h"
#include "cli/dump.h"
#include "cli/edit_section.h"
#include "cli/explain.h"
#include "cli/generate/generate.h"
#include "cli/get.h"
#include "cli/list/list.h"
#include "cli/reload.h"
#include "cli/set.h"
#include "cli/status.h"

namespace portcullis {
namespace {

void add_all(Commands& commands) {
  add_check(commands);
  add_certificate(commands);
  add_explain(commands);
  add_diff(commands);
  add_dump(commands);
  add_generate(commands);
  add_list(commands);
  add_status(commands);
  add_reload(commands);
  add_set(commands);
  add_get(commands);
  add_unset(commands);
  add_section_commands(commands);
}

Report usage_error(const CLI::App& app, const std::string& what) {
  Report report = failure(ExitCode::usage, what);
  report.errors += app.help();
  return report;
}

}  // namespace

Report run_command_line(int argc, const char* const* argv) {
  CLI::App app("Connection control for Postfix and Sendmail", "portcullis");
  app.set_version_flag("-V,--version", "portcullis " PORTCULLIS_VERSION);
  app.require_subcommand(0, 1);  // that there must be one is said below
  Commands commands(app);
  add_all(commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {ExitCode::ok, app.help(), {}};
  } catch (const CLI::CallForVersion& version) {
    return {ExitCode::ok, std::string(version.what()) + '\n', {}};
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error.what());
  }
  if (commands.chosen()) return commands.chosen()(commands.options());
  // Not left to CLI11, which would complain of that before it looks at unknown options.
  return usage_error(app, "say which subcommand is to run");
}

}  // namespace portcullis
