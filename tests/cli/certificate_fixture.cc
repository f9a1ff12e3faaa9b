#include "tests/cli/certificate_fixture.h"

#include <filesystem>

#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace portcullis::testing {

PolicyCertificate::PolicyCertificate() {
  write_section();
}

void PolicyCertificate::write_section(const std::string& more) const {
  write_policy("[listener inbound]\ncertificate = mx1\n\n[certificate mx1]\ncertificate = " + pem_ +
               "\nkey = " + key_ + "\n" + more);
}

void PolicyCertificate::put_good_set() const {
  scratch_.write("tls/mx1.pem", workshop().text("leaf.crt inter.crt"));
  scratch_.write("tls/mx1.key", workshop().text("leaf.key"));
  ::chmod(key_.c_str(), 0600);
}

std::string PolicyCertificate::source(const std::string& name, const std::string& contents,
                                      mode_t mode) const {
  const std::string path = scratch_.write(name, contents);
  ::chmod(path.c_str(), mode);
  return path;
}

CommandResult PolicyCertificate::certificate(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "certificate");
  return run_here(std::move(arguments));
}

CommandResult PolicyCertificate::import_pem(const std::string& certificates,
                                            const std::string& key) const {
  return certificate({"import", "mx1", "--certificate",
                      source("new.pem", workshop().text(certificates), 0644), "--key",
                      source("new.key", workshop().text(key))});
}

std::map<std::string, std::string> PolicyCertificate::files() const {
  std::map<std::string, std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    all[entry.path().filename().string()] = read_file(entry.path());
  }
  return all;
}

std::vector<std::string> error_codes(const nlohmann::json& answer) {
  std::vector<std::string> codes;
  for (const auto& finding : answer["diagnostics"]) {
    if (finding["severity"] == "error") codes.push_back(finding["code"]);
  }
  return codes;
}

}  // namespace portcullis::testing
