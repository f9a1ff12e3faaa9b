#include "editing/file_attributes.h"

#include <cerrno>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "editing/file_problem.h"

namespace portcullis {
namespace {

constexpr const char* kAccessList = "system.posix_acl_access";  // acl(5) as the kernel keeps it
constexpr const char* kLabel = "security.selinux";
constexpr std::size_t kMaxAttribute = 65536;  // XATTR_SIZE_MAX of linux/limits.h
constexpr mode_t kPermissions = 07777;

// Empty if there is none, or the file system knows none.
std::vector<char> attribute(const Descriptor& file, const char* name) {
  std::vector<char> value(kMaxAttribute);
  const ssize_t size = ::fgetxattr(file.get(), name, value.data(), value.size());
  value.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return value;
}

// The new file may have one by the default list of its folder. The mode alone would say too much
// of a file with a list: its group bits are then the list's mask.
bool copy_access_list(const Descriptor& from, const Descriptor& to) {
  const std::vector<char> list = attribute(from, kAccessList);
  if (!list.empty()) {
    return ::fsetxattr(to.get(), kAccessList, list.data(), list.size(), 0) == 0;
  }
  return ::fremovexattr(to.get(), kAccessList) == 0 || errno == ENODATA || errno == EOPNOTSUPP;
}

void copy_label(const Descriptor& from, const Descriptor& to) {
  const std::vector<char> label = attribute(from, kLabel);
  if (!label.empty()) ::fsetxattr(to.get(), kLabel, label.data(), label.size(), 0);
}

bool copy_owner(const struct stat& from, const struct stat& to, const Descriptor& file) {
  if (from.st_uid == to.st_uid && from.st_gid == to.st_gid) return true;
  return ::fchown(file.get(), from.st_uid, from.st_gid) == 0;
}

}  // namespace

tl::expected<void, Problem> copy_attributes(const Descriptor& from, const Descriptor& to,
                                            const std::string& path) {
  const auto failed = [&](std::string_view what) {
    return tl::unexpected(file_problem(what, errno, path));
  };
  struct stat wanted {};
  struct stat found {};
  if (::fstat(from.get(), &wanted) != 0 || ::fstat(to.get(), &found) != 0) {
    return failed("cannot be examined");
  }
  // The owner first: chown(2) clears bits of the mode.
  if (!copy_owner(wanted, found, to)) {
    return failed(fmt::format("cannot be given back to its owner (user {}, group {})",
                              wanted.st_uid, wanted.st_gid));
  }
  if (!copy_access_list(from, to)) return failed("cannot be given its access control list");
  if (::fchmod(to.get(), wanted.st_mode & kPermissions) != 0) {
    return failed("cannot be given its mode");
  }
  copy_label(from, to);
  return {};
}

}  // namespace portcullis
