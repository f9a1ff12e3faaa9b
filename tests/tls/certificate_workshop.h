#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {

// Certificates and keys that openssl(1) has made, once in a process. Those of a server are for
// mx.example.com, *.mail.example.com and 192.0.2.1, for a year, unless their name says otherwise;
// the script in the .cc file lists them.
class CertificateWorkshop {
 public:
  static const CertificateWorkshop& instance();

  // "leaf.crt inter.crt": what these files hold, one after the other.
  std::string text(const std::string& names) const;
  std::string path(std::string_view name) const { return directory_ / name; }
  // `days` after the certificates were made.
  Time day(int days) const { return made_ + std::chrono::days(days); }

 private:
  CertificateWorkshop();

  ScratchDirectory directory_{"tls"};
  Time made_;
};

}  // namespace portcullis::testing
