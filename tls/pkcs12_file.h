#pragma once

#include <string>

#include "config/diagnostic.h"
#include "tls/certificate_bundle.h"
#include "tls/secret_text.h"

namespace portcullis {

// The certificates and the key of a PKCS#12 file of at most kMaxSecretBytes, whose keys take at
// most kMaxDerivationSteps to derive, and as many for its MAC. Its places have no
// lines. The issuers come in the order in which they stand in the file, which is often reversed:
// they are put in the order of issue.
CertificateBundle read_pkcs12_file(const std::string& file, const SecretText& passphrase,
                                   Diagnostics& found);

}  // namespace portcullis
