#include "tls/certificate_check.h"

#include <iterator>
#include <utility>

#include "tls/questions.h"

namespace portcullis {
namespace {

bool are_same_file(const PemFile& a, const PemFile& b) {
  return a.state.st_dev == b.state.st_dev && a.state.st_ino == b.state.st_ino;
}

void append_certificates(const PemFile& file, bool may_hold_key, std::vector<Certificate>& all,
                         Diagnostics& found) {
  check_certificate_blocks(file, may_hold_key, found);
  auto more = decode_certificates(file, found);
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<CertificateFacts> facts_of_all(const std::vector<Certificate>& certificates) {
  std::vector<CertificateFacts> facts;
  facts.reserve(certificates.size());
  for (const Certificate& certificate : certificates) facts.push_back(facts_of(certificate));
  return facts;
}

}  // namespace

CheckedCertificates check_certificates(const CertificateSet& set, Time at) {
  CheckedCertificates checked;
  Diagnostics& found = checked.found;
  const auto certificate_file = read_pem_file(set.certificate_file, found);
  std::vector<Certificate> served;
  // Read even if there is no certificate: all that is wrong is said at once.
  const bool combined = set.key_file == set.certificate_file;
  const auto other_key_file = combined ? std::nullopt : read_pem_file(set.key_file, found);
  const auto& key_file = combined ? certificate_file : other_key_file;
  if (certificate_file) {
    const bool may_hold_key = key_file && are_same_file(*certificate_file, *key_file);
    append_certificates(*certificate_file, may_hold_key, served, found);
  }
  const bool has_leaf = !served.empty();
  if (set.chain_file) {
    const auto chain_file = read_pem_file(*set.chain_file, found);
    if (chain_file) append_certificates(*chain_file, false, served, found);
  }
  if (key_file) {
    check_key_file(*key_file, found);
    const auto key = decode_key(*key_file, found);
    if (key && has_leaf) put_leaf_first(served, *key, found);
  }
  if (has_leaf) {
    check_leaf(served.front(), set.hosts, at, found);
    check_chain(served, at, found);
  }
  checked.certificates = facts_of_all(served);
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
