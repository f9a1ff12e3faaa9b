#include "tls/certificate_check.h"

#include "tls/certificate_bundle.h"

namespace portcullis {

CheckedCertificates check_certificates(const CertificateSet& set, Time at) {
  CheckedCertificates checked;
  CertificateBundle bundle = read_bundle(set, checked.found);
  check_bundle(bundle, set.hosts, at, checked.found);
  checked.certificates = facts_of_all(bundle.served);
  return checked;
}

CheckedCertificates read_certificates(const std::string& file) {
  CheckedCertificates read;
  const auto pem = read_pem_file(file, read.found);
  if (!pem) return read;
  const auto certificates = decode_certificates(*pem, read.found);
  if (certificates.empty() && !read.found.has_errors()) {
    check_certificate_blocks(*pem, true, read.found);
  }
  read.certificates = facts_of_all(certificates);
  return read;
}

}  // namespace portcullis
