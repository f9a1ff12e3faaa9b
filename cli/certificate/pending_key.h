#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "config/mta_settings.h"

#include "editing/file_group.h"

namespace portcullis {

// Where `request` keeps a new key until the certificate for it is imported: beside the key in use.
inline std::string pending_key_of(const CertificateFiles& files) {
  return files.key.value + ".new";
}

// The file of such a key. Until keep() a new one can be taken back: nobody has a use for the key of
// a request that nobody has got. Nobody else replaces it meanwhile.
class PendingKey {
 public:
  static tl::expected<PendingKey, Diagnostic> open(const std::string& path);

  // There was one before: that of a request that has not been answered.
  bool is_there() const { return is_there_; }
  tl::expected<void, Diagnostic> replace(std::string_view key);
  // Forgets the one before.
  void keep() const;
  // Everything is as it was before replace().
  void take_back() const;

 private:
  PendingKey(FileGroup file, std::string path);

  FileGroup file_;
  std::string path_;
  bool is_there_;
};

}  // namespace portcullis
