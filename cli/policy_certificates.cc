#include "cli/policy_certificates.h"

#include <fmt/format.h>

#include "tls/certificate_check.h"

namespace portcullis {
namespace {

CertificateSet set_of(const CertificateFiles& files) {
  CertificateSet set{files.certificate.value, files.key.value, {}, {}};
  if (files.chain) set.chain_file = files.chain->value;
  for (const auto& [host, line] : files.hosts) set.hosts.push_back(host);
  return set;
}

// Where the policy names the file that the finding is about.
std::uint32_t line_of(const CertificateFiles& files, const std::string& file) {
  if (file == files.certificate.value) return files.certificate.line;
  if (file == files.key.value) return files.key.line;
  if (files.chain && file == files.chain->value) return files.chain->line;
  return files.line;
}

// "/etc/portcullis/tls/mx.pem:3".
std::string place_of(const Diagnostic& found) {
  return found.line == 0 ? found.file : fmt::format("{}:{}", found.file, found.line);
}

}  // namespace

Diagnostics check_policy_certificates(const MtaSettings& settings, Time at) {
  Diagnostics all;
  for (const CertificateFiles& files : settings.certificates) {
    for (Diagnostic& found : check_certificates(set_of(files), at).found.sorted()) {
      const std::string about = found.culprit.empty() ? "" : fmt::format("\"{}\" ", found.culprit);
      all.add({found.severity, settings.policy_file, line_of(files, found.file), place_of(found),
               about + found.reason, std::move(found.repair), found.code});
    }
  }
  return all;
}

}  // namespace portcullis
