#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/mta/support/mta_instance.h"

namespace portcullis::testing {

// A private Sendmail, from unpacked packages: Debian does not let it be installed beside Postfix.
// scripts/fetch-sendmail unpacks them; $PORTCULLIS_SENDMAIL_ROOT names the directory, else it is
// build/sendmail/root of the source tree. It runs under a host name of its own (unshare --uts),
// because an unqualified one makes Sendmail sleep for a minute.
class SendmailInstance : public MtaInstance {
 public:
  explicit SendmailInstance(MtaOptions options = {});

  std::string name() const override { return "Sendmail"; }
  std::string log() const override;
  bool supports_xclient() const override { return false; }
  bool supports_proxy() const override { return false; }

 protected:
  void write_configuration() override;
  std::vector<std::string> command() const override;
  std::string session_program() const override { return "sendmail"; }

  // The program and what it needs beside a configuration.
  void install_program() const;
  // The .mc file up to the daemons: private places, no waiting, no delivery.
  std::string private_settings() const;
  void build_aliases() const;
  std::vector<std::string> sendmail(const std::vector<std::string>& arguments) const;

 private:
  std::string master_configuration() const;  // the .mc file
  std::string daemon_options() const;

  std::filesystem::path root_;
};

}  // namespace portcullis::testing
