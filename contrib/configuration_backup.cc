#include "contrib/configuration_backup.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "editing/descriptor.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Done = tl::expected<void, Problem>;

constexpr const char* kFolder = "portcullis.backup";
constexpr const char* kUnfinished = "unfinished";
constexpr const char* kManifest = "manifest.json";
constexpr mode_t kOwnerOnlyFile = 0600;
constexpr mode_t kOwnerOnlyFolder = 0700;

tl::unexpected<Problem> failed(std::string_view what, const std::string& path, int error) {
  return tl::unexpected(
      Problem{fmt::format("{}: {}: {}", path, what, std::generic_category().message(error)), {}});
}

Done sync(const std::string& path, int flags) {
  const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return failed("cannot be opened", path, errno);
  if (::fsync(file.get()) != 0 && errno != EINVAL) return failed("cannot be synced", path, errno);
  return {};
}

std::optional<std::string> read_all(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return {};
  return std::move(text).str();
}

Done write_all(const Descriptor& file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("cannot be written", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// A file that is there whole or not at all: written beside, synced, renamed.
Done write_file(const std::string& path, std::string_view text, const struct stat* like) {
  const std::string beside = path + ".portcullis-new";
  ::unlink(beside.c_str());
  {
    const Descriptor file(::open(
        beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnlyFile));
    if (!file) return failed("cannot be written", beside, errno);
    if (auto done = write_all(file, text, beside); !done) return done;
    if (like != nullptr) {
      const timespec times[] = {like->st_atim, like->st_mtim};
      if (::fchown(file.get(), like->st_uid, like->st_gid) != 0 ||
          ::fchmod(file.get(), like->st_mode & 07777) != 0 || ::futimens(file.get(), times) != 0) {
        return failed("cannot get its owner, mode and times", beside, errno);
      }
    }
    if (::fsync(file.get()) != 0) return failed("cannot be synced", beside, errno);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed("cannot be replaced", path, errno);
  return sync(fs::path(path).parent_path(), O_RDONLY | O_DIRECTORY);
}

Json attributes_of(const struct stat& state) {
  return {{"mode", state.st_mode & 07777},
          {"uid", state.st_uid},
          {"gid", state.st_gid},
          {"seconds", state.st_mtim.tv_sec},
          {"nanoseconds", state.st_mtim.tv_nsec}};
}

struct stat attributes_from(const Json& json) {
  struct stat state {};
  state.st_mode = json.at("mode").get<mode_t>();
  state.st_uid = json.at("uid").get<uid_t>();
  state.st_gid = json.at("gid").get<gid_t>();
  state.st_mtim.tv_sec = json.at("seconds").get<time_t>();
  state.st_mtim.tv_nsec = json.at("nanoseconds").get<long>();
  state.st_atim = state.st_mtim;
  return state;
}

// Copies `path` as FOLDER/NUMBER, and says so in the manifest.
Done copy_into(const std::string& folder, const std::string& path, Json& manifest) {
  Json entry = {{"path", path}};
  struct stat state {};
  if (::lstat(path.c_str(), &state) != 0) {
    if (errno != ENOENT) return failed("cannot be examined", path, errno);
    manifest.push_back(std::move(entry));
    return {};
  }
  if (!S_ISREG(state.st_mode)) {
    return tl::unexpected(
        Problem{path + " is no regular file", "replace the link by what it names"});
  }
  const auto text = read_all(path);
  if (!text) return failed("cannot be read", path, errno);
  entry["saved"] = std::to_string(manifest.size());
  entry["attributes"] = attributes_of(state);
  if (auto done = write_file(folder + '/' + std::to_string(manifest.size()), *text, nullptr);
      !done) {
    return done;
  }
  manifest.push_back(std::move(entry));
  return {};
}

Done put_back_file(const std::string& folder, const Json& entry) {
  const std::string path = entry.at("path").get<std::string>();
  if (!entry.contains("saved")) {
    if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
    return failed("cannot be removed again", path, errno);
  }
  const std::string copy = folder + '/' + entry.at("saved").get<std::string>();
  const auto text = read_all(copy);
  if (!text) return failed("cannot be read", copy, errno);
  const struct stat like = attributes_from(entry.at("attributes"));
  return write_file(path, *text, &like);
}

}  // namespace

tl::expected<ConfigurationBackup, Problem> ConfigurationBackup::make(
    const std::string& directory, const std::vector<std::string>& files, const std::string& name) {
  ConfigurationBackup backup(directory + '/' + kFolder, name);
  if (::mkdir(backup.root_.c_str(), kOwnerOnlyFolder) != 0 && errno != EEXIST) {
    return failed("cannot be made", backup.root_, errno);
  }
  if (::mkdir(backup.path().c_str(), kOwnerOnlyFolder) != 0) {
    return failed("cannot be made", backup.path(), errno);
  }
  Json manifest = Json::array();
  for (const std::string& file : files) {
    if (auto done = copy_into(backup.path(), file, manifest); !done) {
      return tl::unexpected(std::move(done.error()));
    }
  }
  const std::string text = manifest.dump(1, ' ', true, Json::error_handler_t::replace) + '\n';
  for (auto done : {write_file(backup.path() + '/' + kManifest, text, nullptr),
                    write_file(backup.root_ + '/' + kUnfinished, name + '\n', nullptr)}) {
    if (!done) return tl::unexpected(std::move(done.error()));
  }
  return backup;
}

tl::expected<std::vector<ConfigurationBackup>, Problem> ConfigurationBackup::unfinished(
    const std::string& directory) {
  const std::string root = directory + '/' + kFolder;
  const std::string mark = root + '/' + kUnfinished;
  if (!fs::exists(fs::symlink_status(mark))) return std::vector<ConfigurationBackup>{};
  const auto name = read_all(mark);
  if (!name || name->size() < 2 || name->find('/') != std::string::npos) {
    return tl::unexpected(Problem{mark + " cannot be read", "look into " + root + " by hand"});
  }
  return std::vector{ConfigurationBackup(root, name->substr(0, name->size() - 1))};
}

Done ConfigurationBackup::put_back() const {
  const auto text = read_all(path() + '/' + kManifest);
  const Json manifest = Json::parse(text.value_or(""), nullptr, /*allow_exceptions=*/false);
  if (!manifest.is_array()) {
    return tl::unexpected(
        Problem{path() + " has no manifest that can be read", "put the files back by hand"});
  }
  try {
    for (const Json& entry : manifest) {
      if (auto done = put_back_file(path(), entry); !done) return done;
    }
  } catch (const Json::exception&) {
    return tl::unexpected(
        Problem{path() + " has a manifest of another form", "put the files back by hand"});
  }
  return {};
}

Done ConfigurationBackup::finish() const {
  const std::string mark = root_ + '/' + kUnfinished;
  if (::unlink(mark.c_str()) != 0 && errno != ENOENT)
    return failed("cannot be removed", mark, errno);
  if (auto done = sync(root_, O_RDONLY | O_DIRECTORY); !done) return done;
  std::vector<fs::path> kept;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root_, error)) {
    if (entry.is_directory(error)) kept.push_back(entry.path());
  }
  std::ranges::sort(kept);
  for (std::size_t i = 0; i + kKept < kept.size(); ++i) fs::remove_all(kept[i], error);
  return {};
}

}  // namespace portcullis
