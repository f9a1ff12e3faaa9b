#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/cli/cli_fixture.h"
#include "tests/tls/certificate_workshop.h"

namespace portcullis::testing {

// A policy with [certificate mx1], whose files are in a folder of their own.
class PolicyCertificate : public Cli {
 protected:
  PolicyCertificate();

  static const CertificateWorkshop& workshop() { return CertificateWorkshop::instance(); }

  // The policy, with these lines more in the section.
  void write_section(const std::string& more = "") const;
  // The good set of the workshop, as the files that are in use.
  void put_good_set() const;
  std::string source(const std::string& name, const std::string& contents,
                     mode_t mode = 0600) const;

  // `portcullis certificate ARGUMENTS...`
  CommandResult certificate(std::vector<std::string> arguments) const;
  CommandResult import_pem(const std::string& certificates, const std::string& key) const;

  // Everything in the folder of the files: name and contents.
  std::map<std::string, std::string> files() const;

  const std::string folder_ = scratch_.make_directory("tls");
  const std::string pem_ = folder_ + "/mx1.pem";
  const std::string key_ = folder_ + "/mx1.key";
};

// The codes of the errors among the findings of a JSON answer.
std::vector<std::string> error_codes(const nlohmann::json& answer);

}  // namespace portcullis::testing
