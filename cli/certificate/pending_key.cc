#include "cli/certificate/pending_key.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

namespace portcullis {
namespace {

constexpr mode_t kOwnerOnly = 0600;

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

}  // namespace

PendingKey::PendingKey(FileGroup file, std::string path)
    : file_(std::move(file)), path_(std::move(path)), is_there_(exists(path_)) {}

tl::expected<PendingKey, Diagnostic> PendingKey::open(const std::string& path) {
  auto file = FileGroup::open({{path, kOwnerOnly, kOwnerOnly}});
  if (!file) return tl::unexpected(std::move(file.error()));
  return PendingKey(*std::move(file), path);
}

tl::expected<void, Diagnostic> PendingKey::replace(std::string_view key) {
  if (auto done = file_.replace({key}); !done) return tl::unexpected(std::move(done.error()));
  return {};
}

void PendingKey::keep() const {
  if (is_there_) ::unlink(previous_of(path_).c_str());
}

void PendingKey::take_back() const {
  if (is_there_) {
    ::rename(previous_of(path_).c_str(), path_.c_str());
  } else {
    ::unlink(path_.c_str());
  }
}

}  // namespace portcullis
