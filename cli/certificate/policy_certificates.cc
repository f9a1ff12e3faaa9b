#include "cli/certificate/policy_certificates.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/policy_source.h"
#include "tls/policy_certificate.h"

#include "editing/file_group.h"

namespace portcullis {

Found<NamedCertificate> find_certificate(const CommonOptions& options, const std::string& name) {
  auto policy = open_certificates(options.policy_file);
  if (!policy) return tl::unexpected(std::move(policy.error()));
  const CertificateFiles* const found = policy->find_certificate(name);
  if (found != nullptr) {
    CertificateFiles files = *found;
    return NamedCertificate{*std::move(policy), std::move(files)};
  }
  std::vector<std::string> names;
  for (const CertificateFiles& files : policy->certificates) names.push_back(files.name);
  return tl::unexpected(
      failure(ExitCode::bad_data,
              fmt::format("{} has no [certificate {}]; {}", options.policy_file, name,
                          names.empty() ? "it has none at all"
                                        : fmt::format("there is {}", fmt::join(names, ", ")))));
}

std::vector<std::string> listeners_with(const MtaSettings& policy, const std::string& certificate) {
  std::vector<std::string> names;
  for (const ListenerDelivery& delivery : policy.listeners) {
    const auto& shown = delivery.certificates;
    if (std::ranges::any_of(shown, [&](const auto& name) { return name.value == certificate; })) {
      names.push_back(delivery.listener.name);
    }
  }
  return names;
}

CheckedCertificates check_named(const CertificateFiles& files, const std::string& policy_file,
                                Time at) {
  CheckedCertificates checked = check_policy_certificate(files, policy_file, at);
  if (is_installing(files.certificate.value)) {
    checked.found.warning(policy_file, files.line, files.name,
                          "is being imported, or an import of it was cut short",
                          "import it again: that finishes it", "unfinished-import");
  }
  return checked;
}

std::vector<std::string> hosts_of(const CertificateFiles& files) {
  std::vector<std::string> hosts;
  for (const Written<std::string>& host : files.hosts) hosts.push_back(host.value);
  return hosts;
}

Json section_json(const MtaSettings& policy, const CertificateFiles& files) {
  return {{"name", files.name},
          {"line", files.line},
          {"certificate", files.certificate.value},
          {"key", files.key.value},
          {"chain", files.chain ? Json(files.chain->value) : Json()},
          {"hosts", hosts_of(files)},
          {"listeners", listeners_with(policy, files.name)}};
}

}  // namespace portcullis
