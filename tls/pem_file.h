#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "config/diagnostic.h"
#include "tls/pem_blocks.h"
#include "tls/secret_text.h"

namespace portcullis {

struct PemFile {
  std::string path;
  struct stat state {};  // of the file that was read, symbolic links followed
  SecretText text;
  std::vector<PemBlock> blocks;  // point into `text`
};

// Reads a file as read_secret_file() does. One without a single block is an error that says what
// the file is instead, where that can be told: DER or PKCS#12, with the command that makes PEM of
// it. Nothing if there is nothing to look at; what is wrong is in `found` then. No byte of the file
// but labels of blocks gets into a message.
std::optional<PemFile> read_pem_file(const std::string& path, Diagnostics& found);

}  // namespace portcullis
