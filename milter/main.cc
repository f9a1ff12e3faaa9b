// portcullisd: the command line.

#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>
#include <sysexits.h>

#include "milter/daemon.h"
#include "milter/restartable_sequences.h"

namespace {

struct CommandLine {
  portcullis::DaemonOptions daemon;
  bool check_only = false;
  bool foreground = false;
};

void add_options(CLI::App& app, CommandLine& line) {
  app.set_version_flag("-V,--version", "portcullisd " PORTCULLIS_VERSION);
  app.add_option("-c,--config", line.daemon.policy_file, "The policy file")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_flag("-n,--check-config", line.check_only, "Check the policy and its lists, and exit");
  app.add_flag("-f,--foreground", line.foreground, "Stay in the foreground (always so)");
  app.add_option("-p,--socket", line.daemon.socket,
                 "Where the MTA connects: unix:/path, inet:port@host or inet6:port@host")
      ->type_name("SOCKET");
  app.add_flag("-v,--verbose", line.daemon.verbose,
               "Log how each verdict came to be, and what a reload has read");
}

// CLI11 has exit codes of its own; ours are those of sysexits(3).
int report(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  std::fprintf(stderr, "portcullisd: %s\n%s", error.what(), app.help().c_str());
  return EX_USAGE;
}

int run(int argc, char** argv) {
  CLI::App app("Connection control for Postfix and Sendmail", "portcullisd");
  CommandLine line;
  add_options(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return report(app, error);
  }
  if (line.check_only) return portcullis::check_policy(line.daemon);
  portcullis::do_without_restartable_sequences(argv);
  return portcullis::run_daemon(line.daemon);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {  // out of memory, or a thread that cannot be started
    std::fprintf(stderr, "portcullisd: %s\n", error.what());
    return EX_OSERR;
  }
}
