#pragma once

#include <string>
#include <vector>

#include "tests/mta/support/mta_instance.h"

namespace portcullis::testing {

// A private Postfix. Its master runs in the foreground as our own child, on a configuration and a
// queue of its own; /etc/postfix and a Postfix of the machine are not touched.
class PostfixInstance : public MtaInstance {
 public:
  explicit PostfixInstance(MtaOptions options = {});

  std::string name() const override { return "Postfix"; }
  std::string log() const override;
  bool supports_xclient() const override { return true; }
  bool supports_proxy() const override { return true; }

 protected:
  void write_configuration() override;
  std::vector<std::string> command() const override;
  std::string session_program() const override { return "smtpd"; }

  // Those of its queue and of its configuration.
  void make_directories() const;

 private:
  std::string main_cf() const;
  std::string master_cf() const;
};

}  // namespace portcullis::testing
