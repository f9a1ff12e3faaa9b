#include "tls/policy_certificate.h"

#include <utility>

#include <fmt/format.h>

namespace portcullis {
namespace {

// The host that a finding "name-not-covered" is about, by what check_leaf() says of it.
const Written<std::string>* host_in(const Diagnostic& finding, const CertificateFiles& files) {
  if (finding.code != "name-not-covered") return nullptr;
  for (const Written<std::string>& host : files.hosts) {
    if (finding.reason.starts_with(fmt::format("does not cover \"{}\"", host.value))) return &host;
  }
  return nullptr;
}

// 0: the policy does not name the file.
std::uint32_t line_of(const Diagnostic& finding, const CertificateFiles& files) {
  if (const auto* host = host_in(finding, files)) return host->line;
  if (finding.file == files.certificate.value) return files.certificate.line;
  if (finding.file == files.key.value) return files.key.line;
  if (files.chain && finding.file == files.chain->value) return files.chain->line;
  return 0;
}

Diagnostic moved(Diagnostic finding, std::uint32_t line, const std::string& policy_file) {
  std::string reason;
  if (finding.line > 0) reason = fmt::format("(line {})", finding.line);
  if (!finding.culprit.empty()) reason += fmt::format(": \"{}\"", finding.culprit);
  finding.reason = reason + (reason.empty() ? "" : " ") + finding.reason;
  finding.culprit = std::move(finding.file);
  finding.file = policy_file;
  finding.line = line;
  return finding;
}

}  // namespace

CertificateSet set_of(const CertificateFiles& files) {
  CertificateSet set{files.certificate.value, files.key.value, {}, {}};
  if (files.chain) set.chain_file = files.chain->value;
  for (const Written<std::string>& host : files.hosts) set.hosts.push_back(host.value);
  return set;
}

CheckedCertificates check_policy_certificate(const CertificateFiles& files,
                                             const std::string& policy_file, Time at) {
  CheckedCertificates checked = check_certificates(set_of(files), at);
  checked.found = in_policy(checked.found, files, policy_file);
  return checked;
}

Diagnostics in_policy(const Diagnostics& found, const CertificateFiles& files,
                      const std::string& policy_file) {
  Diagnostics placed;
  for (Diagnostic finding : found.sorted()) {
    const std::uint32_t line = line_of(finding, files);
    placed.add(line == 0 ? std::move(finding) : moved(std::move(finding), line, policy_file));
  }
  return placed;
}

}  // namespace portcullis
