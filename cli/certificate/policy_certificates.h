#pragma once

#include <string>
#include <vector>

#include "cli/common_options.h"
#include "cli/json_text.h"
#include "cli/report.h"
#include "config/mta_settings.h"
#include "policy/policy.h"
#include "tls/certificate_check.h"

namespace portcullis {

// One [certificate NAME] section, and the policy that it is in.
struct NamedCertificate {
  MtaSettings policy;
  CertificateFiles files;
};

// The section of this name; a failure that says which names there are.
Found<NamedCertificate> find_certificate(const CommonOptions& options, const std::string& name);

// The names of the listeners that show it.
std::vector<std::string> listeners_with(const MtaSettings& policy, const std::string& certificate);

// What the section says: "name", "line", "certificate", "key", "chain", "hosts", "listeners".
Json section_json(const MtaSettings& policy, const CertificateFiles& files);

// check_policy_certificate(), and whether an import of it was cut short ("unfinished-import").
CheckedCertificates check_named(const CertificateFiles& files, const std::string& policy_file,
                                Time at);

std::vector<std::string> hosts_of(const CertificateFiles& files);

}  // namespace portcullis
