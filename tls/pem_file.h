#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "config/diagnostic.h"
#include "tls/pem_blocks.h"
#include "tls/secret_text.h"

namespace portcullis {

inline constexpr std::size_t kMaxPemBytes = std::size_t{1} << 20;

struct PemFile {
  std::string path;
  struct stat state {};  // of the file that was read, symbolic links followed
  SecretText text;
  std::vector<PemBlock> blocks;  // point into `text`
};

// Reads a regular file of at most kMaxPemBytes once; it never waits for a FIFO. A file without a
// single block is an error that says what the file is instead, where that can be told: DER or
// PKCS#12, with the command that makes PEM of it. Nothing if there is nothing to look at; what is
// wrong is in `found` then. No byte of the file but labels of blocks gets into a message.
std::optional<PemFile> read_pem_file(const std::string& path, Diagnostics& found);

}  // namespace portcullis
