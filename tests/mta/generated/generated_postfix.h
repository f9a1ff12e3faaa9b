#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contrib/mta_configuration.h"
#include "tests/mta/support/postfix_instance.h"

namespace portcullis::testing {

// A private Postfix as Debian's package makes it, with nothing listening until a policy has been
// applied to it as `portcullis generate --apply` does. Not chrooted: no library and no file of a
// test lives in its queue directory. The listeners of the options are those of the policy that
// start() waits for; `settings` are main.cf's before the policy comes.
class GeneratedPostfix : public PostfixInstance {
 public:
  // `policy`: all of it, [daemon] included; @QUEUE@ is the queue directory.
  GeneratedPostfix(std::string policy, MtaOptions options);

  // The configuration for a policy, of the directory of this instance.
  std::unique_ptr<MtaConfiguration> configuration(const std::string& policy) const;
  // Puts it into the directory; throws with what is wrong. A running Postfix is not told.
  void apply(const std::string& policy) const;

  std::filesystem::path directory() const { return scratch() / "etc"; }
  std::filesystem::path queue_directory() const { return scratch() / "spool"; }
  using PostfixInstance::scratch;

 protected:
  void write_configuration() override;

 private:
  std::string policy_;
};

}  // namespace portcullis::testing
