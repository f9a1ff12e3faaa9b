#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contrib/mta_configuration.h"
#include "tests/mta/support/sendmail_instance.h"

namespace portcullis::testing {

// A private Sendmail with nothing but its own sendmail.mc, until a policy has been applied to it as
// `portcullis generate --apply` does. The listeners of the options are those of the policy that
// start() waits for; `settings` are lines of sendmail.mc before the policy comes. Cyrus SASL finds
// what the policy says of it, and nothing of the machine's.
class GeneratedSendmail : public SendmailInstance {
 public:
  // `policy`: all of it, [daemon] included.
  GeneratedSendmail(std::string policy, MtaOptions options);

  // The configuration for a policy, of the directory of this instance.
  std::unique_ptr<MtaConfiguration> configuration(const std::string& policy) const;
  // Puts it into the directory; throws with what is wrong. A running Sendmail is not told.
  void apply(const std::string& policy) const;

  std::filesystem::path directory() const { return scratch().path(); }
  using SendmailInstance::scratch;

  // The files of the queue that hold an envelope: mail that could not be sent yet, and why.
  std::vector<std::string> envelopes() const;

 protected:
  void write_configuration() override;
  std::vector<std::string> command() const override;

 private:
  std::string policy_;
};

}  // namespace portcullis::testing
