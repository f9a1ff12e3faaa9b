#pragma once

#include <string>

#include "config/mta_settings.h"

namespace portcullis {

// Where `request` keeps a new key until the certificate for it is imported: beside the key in use.
inline std::string pending_key_of(const CertificateFiles& files) {
  return files.key.value + ".new";
}

}  // namespace portcullis
