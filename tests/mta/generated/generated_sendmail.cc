#include "tests/mta/generated/generated_sendmail.h"

#include <stdexcept>

#include <fmt/core.h>

#include "config/policy_file.h"
#include "contrib/sendmail/sendmail_configuration.h"
#include "tests/mta/support/child_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/private_names.h"
#include "tests/mta/support/sendmail_programs.h"

namespace portcullis::testing {
namespace {

// $1: our directory for SASL; the rest: the command. In a mount namespace of its own.
constexpr const char* kCoverSasl =
    R"(sasl=$1; shift; mkdir -p /etc/sasl2 && mount --bind "$sasl" /etc/sasl2 && exec "$@")";

// Where the name of the machine has no dot, Sendmail waits for a minute, whatever it is asked.
constexpr const char* kUnderAWholeName =
    "#!/bin/sh\nexec unshare --uts sh -c 'hostname mx.test; exec {} \"$@\"' sh \"$@\"\n";

}  // namespace

GeneratedSendmail::GeneratedSendmail(std::string policy, MtaOptions options)
    : SendmailInstance(std::move(options)), policy_(std::move(policy)) {}

std::unique_ptr<MtaConfiguration> GeneratedSendmail::configuration(
    const std::string& policy) const {
  const auto loaded = load_policy(scratch().write("policy.conf", policy));
  if (!loaded) throw std::runtime_error(loaded.error().format_all());
  SendmailTarget target;
  target.config_dir = directory();
  target.cf_dir = sendmail_root() / "usr/share/sendmail/cf";
  target.sasl_dir = scratch() / "sasl2";
  target.saslauthd_conf = scratch() / "saslauthd.conf";
  target.sendmail = scratch() / "sendmail.sh";
  target.mail_log = scratch() / "mail.log";
  return make_sendmail_configuration(loaded->mta, target);
}

void GeneratedSendmail::apply(const std::string& policy) const {
  const auto edited = configuration(policy)->edit();
  if (!edited) throw std::runtime_error(edited.error().format_all());
}

void GeneratedSendmail::write_configuration() {
  install_program();
  const auto wrapper = scratch().write(
      "sendmail.sh",
      fmt::format(fmt::runtime(kUnderAWholeName), (scratch() / "sendmail").string()));
  std::filesystem::permissions(wrapper, ScratchDirectory::kPublicDirectory);
  scratch().make_directory("sasl2");
  // The administrator's own daemon: without one there is one on port 25.
  std::string mc =
      private_settings() +
      fmt::format("DAEMON_OPTIONS(`Name=own, Addr=127.0.0.1, Port={}')dnl\n", free_port());
  for (const std::string& setting : options().settings) mc += setting + "\n";
  scratch().write("sendmail.mc", mc + "MAILER(`local')dnl\nMAILER(`smtp')dnl\n");
  apply(policy_);
  build_aliases();
}

std::vector<std::string> GeneratedSendmail::command() const {
  return with_private_names(
      scratch(), options().hosts,
      {"sh", "-c", kCoverSasl, "sh", scratch() / "sasl2", scratch() / "sendmail", "-C",
       scratch() / "sendmail.cf", "-bD", "-X", scratch() / "dialogues"},
      options().name_server);
}

std::vector<std::string> GeneratedSendmail::envelopes() const {
  std::vector<std::string> texts;
  for (const auto& file : std::filesystem::directory_iterator(scratch() / "queue")) {
    if (file.path().filename().string().starts_with("qf")) texts.push_back(read_file(file.path()));
  }
  return texts;
}

}  // namespace portcullis::testing
