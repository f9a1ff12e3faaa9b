#pragma once

#include <string>
#include <vector>

#include "tls/openssl_handles.h"

namespace portcullis {

using ExtensionHandle = std::unique_ptr<X509_EXTENSION, FreedBy<X509_EXTENSION_free>>;
using SubjectHandle = std::unique_ptr<X509_NAME, FreedBy<X509_NAME_free>>;

// Whom a request or a certificate is for. `hosts`: host names and addresses that have been checked
// to be such.

// subjectAltName (RFC 5280 section 4.2.1.6), a DNS name or an address each. Built as values, so
// that no text of a host can be taken for syntax. Critical if the subject is empty. Null if OpenSSL
// refuses.
ExtensionHandle alternative_names(const std::vector<std::string>& hosts);

// "CN=" the first host, for people who read it: nobody else does (RFC 6125). Empty if that is
// longer than the 64 characters of a common name.
SubjectHandle subject_for(const std::vector<std::string>& hosts);

}  // namespace portcullis
