#pragma once

#include <string>

#include "config/mta_settings.h"
#include "policy/policy.h"
#include "tls/certificate_check.h"

namespace portcullis {

CertificateSet set_of(const CertificateFiles& files);

// check_certificates() of a [certificate NAME] section. The place of each finding is where the
// policy names the file, or the host that is not covered; the file itself is the culprit, and its
// line stands in the reason.
CheckedCertificates check_policy_certificate(const CertificateFiles& files,
                                             const std::string& policy_file, Time at);

// The findings of others about the files of the section, put in its place in the same way.
// Findings about other files stay as they are.
Diagnostics in_policy(const Diagnostics& found, const CertificateFiles& files,
                      const std::string& policy_file);

}  // namespace portcullis
