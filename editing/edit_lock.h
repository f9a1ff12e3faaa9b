#pragma once

#include <string>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "editing/descriptor.h"

namespace portcullis {

// Keeps everyone else who takes one from editing the file at `path`, in any process, until it is
// destroyed or the process ends: flock(2) on ".NAME.lock" next to it, mode 0600, which is removed
// again. Network file systems that do not know flock(2) among hosts keep out this host only.
class EditLock {
 public:
  // Waits at most `patience_milliseconds`; then the Problem says who holds it.
  static tl::expected<EditLock, Problem> take(const std::string& path, int patience_milliseconds);

  EditLock(EditLock&&) noexcept = default;
  EditLock& operator=(EditLock&&) = delete;
  ~EditLock();

 private:
  EditLock(std::string name, Descriptor file) : name_(std::move(name)), file_(std::move(file)) {}

  std::string name_;
  Descriptor file_;
};

}  // namespace portcullis
