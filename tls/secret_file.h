#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <sys/stat.h>

#include "config/diagnostic.h"
#include "tls/secret_text.h"

namespace portcullis {

inline constexpr std::size_t kMaxSecretBytes = std::size_t{1} << 20;

struct SecretFile {
  struct stat state {};  // of the file that was read, symbolic links followed
  SecretText text;
};

// Reads a regular file of at most kMaxSecretBytes once; it never waits for a FIFO. Nothing if there
// is nothing to look at; what is wrong is in `found` then. No byte of the file gets into a message.
std::optional<SecretFile> read_secret_file(const std::string& path, Diagnostics& found);

}  // namespace portcullis
