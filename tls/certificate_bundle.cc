#include "tls/certificate_bundle.h"

#include <iterator>

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

}  // namespace

CertificateBundle read_bundle(const CertificateSet& set, Diagnostics& found) {
  CertificateBundle bundle;
  const auto certificate_file = read_pem_file(set.certificate_file, found);
  // Read even if there is no certificate: all that is wrong is said at once.
  const bool combined = set.key_file == set.certificate_file;
  const auto other_key_file = combined ? std::nullopt : read_pem_file(set.key_file, found);
  const auto& key_file = combined ? certificate_file : other_key_file;
  if (certificate_file) {
    const bool may_hold_key = key_file && are_same_file(*certificate_file, *key_file);
    append_certificates(*certificate_file, may_hold_key, bundle.served, found);
  }
  bundle.has_leaf = !bundle.served.empty();
  if (set.chain_file) {
    const auto chain_file = read_pem_file(*set.chain_file, found);
    if (chain_file) append_certificates(*chain_file, false, bundle.served, found);
  }
  if (key_file) {
    check_key_file(key_file->path, key_file->state, found);
    bundle.key = decode_key(*key_file, found);
  }
  return bundle;
}

void check_bundle(CertificateBundle& bundle, const std::vector<std::string>& hosts, Time at,
                  Diagnostics& found) {
  if (!bundle.has_leaf) return;
  if (bundle.key) put_leaf_first(bundle.served, *bundle.key, found);
  check_leaf(bundle.served.front(), hosts, at, found);
  check_chain(bundle.served, at, found);
}

std::vector<CertificateFacts> facts_of_all(const std::vector<Certificate>& certificates) {
  std::vector<CertificateFacts> facts;
  facts.reserve(certificates.size());
  for (const Certificate& certificate : certificates) facts.push_back(facts_of(certificate));
  return facts;
}

}  // namespace portcullis
