#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "config/mta_settings.h"
#include "tls/pem_set.h"
#include "tls/secret_text.h"

#include "editing/file_group.h"

namespace portcullis {

// What became of the files of a [certificate NAME]. While it exists nobody else replaces them: who
// looks at them again sees what was installed.
struct Installation {
  FileGroup group;
  bool changed = false;           // false: they hold this already
  bool finished_another = false;  // an import that was killed was finished first
  std::vector<std::string> files;
  bool kept_previous = false;
};

// What is wrong with the place that the policy has for the key, once one is put there: its owner,
// its mode, or who else could put another one in its place. Nothing is put where this has errors.
Diagnostics check_place(const CertificateFiles& files);

// Puts a set that has been checked where the policy says, all of it or nothing (FileGroup). The key
// is 0600, or what its present file has but at most 0640. What goes where: the key, if it has the
// same path as the certificate, before it; the issuers into the chain file, or else behind the
// certificate. A section with a chain file needs a set with issuers (code "no-issuers"). The places
// of the findings are files. On failure nothing is put in place.
tl::expected<Installation, Diagnostics> install(const PemSet& set, const CertificateFiles& files);

// The files before become the files, and the files the files before. Code "no-previous" if they are
// not kept. Whether they are any good has been asked before.
tl::expected<Installation, Diagnostics> install_previous(const CertificateFiles& files);

// The section as it was before the last import: the same with the names of the files before.
CertificateFiles previous_files(const CertificateFiles& files);

}  // namespace portcullis
