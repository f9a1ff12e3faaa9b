#include "tests/mta/support/sendmail_instance.h"

#include <stdexcept>

#include <fmt/core.h>

#include "tests/mta/support/private_names.h"
#include "tests/mta/support/sendmail_programs.h"

namespace portcullis::testing {
namespace {

// Arguments: the directory, the unpacked packages.
// TrustStickyBit: the directory is usually below /tmp. confTO_IDENT, nocanonify, the service
// switch: no waiting for the network. The load limits would answer in place of the milter.
constexpr const char* kMasterConfiguration = R"(divert(0)dnl
include(`{1}/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `mx.test')dnl
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')dnl
define(`QUEUE_DIR', `{0}/queue')dnl
define(`confPID_FILE', `{0}/sendmail.pid')dnl
define(`STATUS_FILE', `{0}/statistics')dnl
define(`confCW_FILE', `-o {0}/local-host-names')dnl
define(`confCR_FILE', `-o {0}/relay-domains')dnl
define(`confSERVICE_SWITCH_FILE', `{0}/service.switch')dnl
define(`ALIAS_FILE', `{0}/aliases')dnl
define(`HELP_FILE', `')dnl
define(`confCONTROL_SOCKET_NAME', `')dnl
define(`confDELIVERY_MODE', `q')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confREFUSE_LA', `10000')dnl
define(`confQUEUE_LA', `10000')dnl
define(`confDELAY_LA', `0')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
)";

}  // namespace

SendmailInstance::SendmailInstance(MtaOptions options)
    : MtaInstance("sendmail", std::move(options)), root_(sendmail_root()) {}

std::string SendmailInstance::log() const {
  return read_file(scratch() / "dialogues");
}

void SendmailInstance::write_configuration() {
  install_program();
  const auto source = scratch().write("sendmail.mc", master_configuration());
  scratch().write("sendmail.cf", run_m4(source));
  build_aliases();
}

void SendmailInstance::install_program() const {
  const std::filesystem::path program = root_ / "usr/libexec/sendmail/sendmail";
  if (!std::filesystem::exists(program)) {
    throw std::runtime_error(
        fmt::format("{} is missing: run scripts/fetch-sendmail, or set PORTCULLIS_SENDMAIL_ROOT",
                    program.string()));
  }
  scratch().make_directory("queue", "root", ScratchDirectory::kPrivateDirectory);
  scratch().write("service.switch",
                  options().name_server.empty() ? "hosts files\n" : "hosts files dns\n");
  // A copy without the package's setgid bit: only root runs it.
  std::filesystem::copy_file(program, scratch() / "sendmail",
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::permissions(scratch() / "sendmail", ScratchDirectory::kPublicDirectory);
}

std::string SendmailInstance::private_settings() const {
  return fmt::format(fmt::runtime(kMasterConfiguration), scratch().path().string(), root_.string());
}

std::string SendmailInstance::master_configuration() const {
  std::string text = private_settings();
  text += daemon_options();
  if (!options().milter.empty()) {
    // F=T: tempfail when the milter is away; Sendmail's default lets everyone in.
    text += fmt::format(
        "INPUT_MAIL_FILTER(`portcullis', `S={0}, F=T, T=C:{1}s;S:{1}s;R:{1}s;E:60s')dnl\n",
        options().milter, options().milter_timeout.count());
  }
  for (const std::string& setting : options().settings) text += setting + "\n";
  return text + "MAILER(`local')dnl\nMAILER(`smtp')dnl\n";  // cf.m4 wants the mailers last
}

std::string SendmailInstance::daemon_options() const {
  std::string text;
  for (const ListenerSpec& listener : options().listeners) {
    text +=
        fmt::format("DAEMON_OPTIONS(`Name={}, Addr={}, Port={}, Family={}, Listen=1024",
                    listener.name.empty() ? "MTA" : listener.name, listener.address, listener.port,
                    listener.address.find(':') == std::string::npos ? "inet" : "inet6");
    for (const std::string& option : listener.options) text += ", " + option;
    text += "')dnl\n";
  }
  return text;
}

std::vector<std::string> SendmailInstance::command() const {
  return sendmail({"-bD", "-X", (scratch() / "dialogues").string()});
}

std::vector<std::string> SendmailInstance::sendmail(
    const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{scratch() / "sendmail", "-C", scratch() / "sendmail.cf"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return with_private_names(scratch(), options().hosts, command, options().name_server);
}

// Without a built alias database every unknown user is accepted "(will queue)".
void SendmailInstance::build_aliases() const {
  scratch().write("aliases", "postmaster: root\n");
  const CommandResult result = run_command(sendmail({"-bi"}));
  if (result.status.success()) return;
  throw std::runtime_error(
      fmt::format("sendmail -bi: {}: {}{}", result.status.describe(), result.output, result.error));
}

}  // namespace portcullis::testing
