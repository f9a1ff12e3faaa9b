#include <memory>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "cli/certificate/certificate.h"
#include "cli/certificate/certificate_text.h"
#include "cli/certificate/policy_certificates.h"
#include "cli/diagnostic_json.h"
#include "config/policy_file.h"
#include "tls/certificate_check.h"

namespace portcullis {
namespace {

// The files of a [certificate NAME], or the file itself. A policy that cannot be read names none.
std::vector<std::string> files_meant(const CommonOptions& options, const std::string& text) {
  if (text.find('/') != std::string::npos) return {text};
  const auto policy = load_certificates(options.policy_file);
  const CertificateFiles* const named = policy ? policy->find_certificate(text) : nullptr;
  if (named == nullptr) return {text};
  std::vector<std::string> files = {named->certificate.value};
  if (named->chain) files.push_back(named->chain->value);
  return files;
}

Report show(const CommonOptions& options, const std::string& text) {
  CheckedCertificates all;
  for (const std::string& file : files_meant(options, text)) {
    CheckedCertificates read = read_certificates(file);
    all.found.add_all(read.found);
    for (CertificateFacts& facts : read.certificates) all.certificates.push_back(std::move(facts));
  }
  if (options.json) {
    Json json = findings_json(all.found);
    json["certificates"] = to_json(all.certificates);
    return {exit_code(all.found), json_text(json), {}};
  }
  std::string output;
  for (const CertificateFacts& facts : all.certificates) output += described(facts);
  return {exit_code(all.found), std::move(output), all.found.format_all()};
}

}  // namespace

void add_certificate_show(Commands& commands, Command& group) {
  const auto file = std::make_shared<std::string>();
  add_with_keys(commands, group, "show", "Print what certificates say",
                [file](const CommonOptions& options) { return show(options, *file); })
      .add_option("file", *file, "A [certificate NAME] of the policy, or a PEM file")
      ->type_name("NAME|FILE")
      ->required();
}

}  // namespace portcullis
