#include "tls/pem_set.h"

#include <algorithm>
#include <utility>

#include "tls/certificate_bundle.h"
#include "tls/pem_blocks.h"
#include "tls/pem_text.h"
#include "tls/pkcs12_file.h"

namespace portcullis {
namespace {

PemSet pem_set_of(const CertificateBundle& bundle) {
  PemSet set{pem_of(bundle.served.front().x509.get()), {}, pem_of(bundle.key->key.get())};
  for (std::size_t i = 1; i < bundle.served.size(); ++i) {
    set.issuers += pem_of(bundle.served[i].x509.get());
  }
  return set;
}

ReadSet checked_set(CertificateBundle bundle, Diagnostics found,
                    const std::vector<std::string>& hosts, Time at) {
  ReadSet read;
  check_bundle(bundle, hosts, at, found);
  read.checked.certificates = facts_of_all(bundle.served);
  if (!found.has_errors() && bundle.has_leaf && bundle.key) read.set.emplace(pem_set_of(bundle));
  read.checked.found = std::move(found);
  return read;
}

}  // namespace

ReadSet read_pem_set(const CertificateSet& files, Time at) {
  Diagnostics found;
  CertificateBundle bundle = read_bundle(files, found);
  return checked_set(std::move(bundle), std::move(found), files.hosts, at);
}

ReadSet read_pkcs12_set(const std::string& file, const SecretText& passphrase,
                        const std::vector<std::string>& hosts, Time at) {
  Diagnostics found;
  CertificateBundle bundle = read_pkcs12_file(file, passphrase, found);
  return checked_set(std::move(bundle), std::move(found), hosts, at);
}

Diagnostics check_leaf_of(const PemSet& set, const std::string& file,
                          const std::vector<std::string>& hosts, Time at) {
  Diagnostics found;
  PemFile text{file, {}, SecretText(set.leaf.size()), {}};
  std::ranges::copy(set.leaf, text.text.data());
  text.text.set_size(set.leaf.size());
  text.blocks = find_pem_blocks(text.text.view(), file, found);
  for (const Certificate& leaf : decode_certificates(text, found)) {
    check_leaf(leaf, hosts, at, found);
  }
  return found;
}

}  // namespace portcullis
