#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

// A copy of an MTA's configuration files, to put back when a change of them fails. It stands in
// DIRECTORY/portcullis.backup/TIME, which only its owner may enter, because maps may hold
// passwords.
//
// While a change is under way the backup is "unfinished", and a file says so: whoever finds it,
// after a kill or a power failure, puts that backup back first. The last kKept finished ones are
// kept for people. Files are put back with their bytes, owner, mode and times; files that were not
// there go again. Callers keep each other out by an EditLock. Not for several threads.
class ConfigurationBackup {
 public:
  static constexpr std::size_t kKept = 5;

  // Copies those of `files` (absolute paths) that are there, and syncs. `name` is new in the
  // directory, and sorts after those before it: a time. From now on it is unfinished.
  static tl::expected<ConfigurationBackup, Problem> make(const std::string& directory,
                                                         const std::vector<std::string>& files,
                                                         const std::string& name);

  // The one that is unfinished; nothing if all went well, and a Problem if it cannot be read.
  static tl::expected<std::vector<ConfigurationBackup>, Problem> unfinished(
      const std::string& directory);

  // Everything as it was. May be repeated; the backup stays unfinished.
  tl::expected<void, Problem> put_back() const;

  // The change, or the way back, is done. Removes what is older than the last kKept.
  tl::expected<void, Problem> finish() const;

  // "/etc/postfix/portcullis.backup/2027-01-31T00:00:00Z".
  std::string path() const { return root_ + '/' + name_; }

 private:
  ConfigurationBackup(std::string root, std::string name)
      : root_(std::move(root)), name_(std::move(name)) {}

  std::string root_;
  std::string name_;
};

}  // namespace portcullis
