#pragma once

#include <string>

#include <sys/types.h>

#include "config/diagnostic.h"

namespace portcullis {

// What check_certificates() would find about the file once a key has been put there: who could read
// or replace it. A file that is there keeps its owner, and of its mode what `most` grants; a new
// one is the caller's, with mode `fresh`. What is no regular file is not looked at.
Diagnostics check_key_place(const std::string& path, mode_t fresh, mode_t most);

}  // namespace portcullis
