#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/mta/support/listeners_host.h"
#include "tests/mta/support/smtp_client.h"

namespace portcullis::testing {

// Tests of one such host, which is started once for all of them. `Host` has a static member
// converse(), with which a client speaks TLS to it.
template <typename Host>
class ListenersHostTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { host_ = std::make_unique<Host>(); }
  static void TearDownTestSuite() { host_.reset(); }

  static Host& host() { return *host_; }
  static std::string tls(const std::string& file) { return host().authority.path(file); }

  static SmtpClient client(const std::string& name, const std::string& address,
                           const std::string& source = "") {
    return SmtpClient(host().at(name, address), source);
  }

  static std::string starttls(const std::string& name, const std::string& address,
                              const std::string& arguments = "",
                              const std::string& dialogue = "QUIT\n") {
    return Host::converse(host().at(name, address),
                          "-starttls smtp -CAfile " + tls("ca.pem") + ' ' + arguments, dialogue);
  }

 private:
  static inline std::unique_ptr<Host> host_;
};

}  // namespace portcullis::testing
