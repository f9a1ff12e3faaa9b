#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "policy/policy.h"
#include "tls/certificate_facts.h"

namespace portcullis {

// A certificate set of a mail server: what smtpd_tls_cert_file and smtpd_tls_key_file of Postfix
// name, or confSERVER_CERT, confSERVER_KEY and confCACERT of Sendmail.
struct CertificateSet {
  std::string certificate_file;           // the server's own certificate first
  std::string key_file;                   // may be the same file
  std::optional<std::string> chain_file;  // issuers, sent after those of the certificate file
  std::vector<std::string> hosts;         // names or addresses that clients connect to
};

struct CheckedCertificates {
  Diagnostics found;
  std::vector<CertificateFacts> certificates;  // the server's own, then as they stand
};

// All that is wrong with the set at time `at`; the codes of the findings are listed in
// portcullis-certificate(1). Reads files and talks to nobody: whether clients trust the last issuer
// is not asked. The memory that held the key is wiped. Thread-safe. Cost: at most a few thousand
// signature checks, of files made to be slow; a good set takes about a millisecond.
CheckedCertificates check_certificates(const CertificateSet& set, Time at);

// What the certificates of one file say. The only findings are those of reading it.
CheckedCertificates read_certificates(const std::string& file);

}  // namespace portcullis
