#pragma once

#include <string>

#include <sys/types.h>

#include "milter/file_descriptor.h"
#include "milter/start_error.h"

namespace portcullis {

// LockFile says that this process is the one that serves a socket. The lock is the kernel's
// (flock(2)), so it cannot outlive the process; the file stays behind, because removing it would
// let two processes lock two files of one name.
class LockFile {
 public:
  // Locks the file at `path`, made if need be, owned by `owner` if we may give it away, and writes
  // our process number into it. Error: another process holds it, or the file cannot be made.
  static Started<LockFile> acquire(const std::string& path, uid_t owner);

 private:
  explicit LockFile(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  FileDescriptor descriptor_;
};

}  // namespace portcullis
