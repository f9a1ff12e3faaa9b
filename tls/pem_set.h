#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "tls/certificate_check.h"
#include "tls/secret_text.h"

namespace portcullis {

// A certificate set as it is to be installed: PEM written anew, so that nothing else that stood in
// the files comes along.
struct PemSet {
  std::string leaf;     // the server's own certificate
  std::string issuers;  // those behind it, in the order given; may be empty
  SecretText key;
};

struct ReadSet {
  CheckedCertificates checked;
  std::optional<PemSet> set;  // nothing if something is wrong: errors are in checked.found
};

// Checks as check_certificates() does and returns what can be installed. The memory of keys is
// wiped. Thread-safe.
ReadSet read_pem_set(const CertificateSet& files, Time at);

// The same of a PKCS#12 file (RFC 7292), as Windows and Java export it. A wrong passphrase is
// "wrong-passphrase"; what OpenSSL cannot read with it, or only in more steps than anybody needs,
// is "unsupported-pkcs12".
ReadSet read_pkcs12_set(const std::string& file, const SecretText& passphrase,
                        const std::vector<std::string>& hosts, Time at);

// What check_certificates() would find about the server's own certificate of a set, once it stands
// in `file`.
Diagnostics check_leaf_of(const PemSet& set, const std::string& file,
                          const std::vector<std::string>& hosts, Time at);

}  // namespace portcullis
