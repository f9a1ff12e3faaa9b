#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "policy/policy.h"
#include "tls/certificate.h"
#include "tls/certificate_check.h"
#include "tls/questions.h"

namespace portcullis {

// What a certificate set holds, decoded.
struct CertificateBundle {
  std::vector<Certificate> served;  // the server's own first, then as they stand
  bool has_leaf = false;            // served.front() is meant as the server's own
  std::optional<PrivateKey> key;
};

// Reads the files; what is wrong with them as files is in `found`.
CertificateBundle read_bundle(const CertificateSet& set, Diagnostics& found);

// All questions about what was read. Puts the certificate of the key first.
void check_bundle(CertificateBundle& bundle, const std::vector<std::string>& hosts, Time at,
                  Diagnostics& found);

std::vector<CertificateFacts> facts_of_all(const std::vector<Certificate>& certificates);

}  // namespace portcullis
