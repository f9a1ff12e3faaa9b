#include "cli/generate/generated_output.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "cli/diagnostic_json.h"
#include "cli/generate/change_text.h"
#include "cli/list/output_file.h"

#include "editing/descriptor.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0600;

Json to_json(const std::vector<GeneratedFile>& files, const Diagnostics& found) {
  Json json = findings_json(found);
  json["files"] = Json::array();
  for (const GeneratedFile& file : files) {
    json["files"].push_back({{"name", file.name},
                             {"secret", file.secret},
                             {"text", file.secret ? Json() : Json(file.text)}});
  }
  return json;
}

// Files that stand elsewhere (/etc/sasl2) come below the folder too.
fs::path place_in(const std::string& folder, const GeneratedFile& file) {
  return fs::path(folder) / fs::path(file.name).relative_path();
}

Found<void> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return tl::unexpected(
      failure(ExitCode::write_failed, fmt::format("{}: {}", folder.string(), error.message())));
}

// Nobody else may have it open when the password comes.
Found<void> make_private(const std::string& path) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (file && ::fchmod(file.get(), kOwnerOnly) == 0) return {};
  return tl::unexpected(failure(
      ExitCode::write_failed, fmt::format("{}: {}", path, std::generic_category().message(errno))));
}

Found<void> write_file(const std::string& folder, const GeneratedFile& file) {
  const fs::path path = place_in(folder, file);
  if (auto made = make_folder(path.parent_path()); !made) return made;
  if (file.secret) {
    if (auto made = make_private(path); !made) return made;
  }
  return write_output(path, file.text);
}

}  // namespace

Report print_generated(const CommonOptions& options, const std::vector<GeneratedFile>& files,
                       const Diagnostics& found) {
  if (options.json) return {ExitCode::ok, json_text(to_json(files, found)), {}};
  std::string text;
  for (const GeneratedFile& file : files) {
    text += fmt::format("{}==> {} <==\n", text.empty() ? "" : "\n", shown(file.name));
    text += file.secret ? "(holds a password: --output writes it)\n" : file.text;
  }
  return {ExitCode::ok, std::move(text), found.format_all()};
}

Report write_generated(const CommonOptions& options, const GenerateArguments& arguments,
                       const MtaConfiguration& mta, Diagnostics found) {
  const std::string& folder = *arguments.output;
  if (auto made = make_folder(folder); !made) return made.error();
  std::vector<GeneratedFile> files = mta.files();
  std::ranges::move(mta.built_files(folder, found), std::back_inserter(files));
  for (const GeneratedFile& file : files) {
    if (auto written = write_file(folder, file); !written) return written.error();
  }
  if (options.json) return {ExitCode::ok, json_text(to_json(files, found)), {}};
  std::string text;
  for (const GeneratedFile& file : files) {
    text += shown(place_in(folder, file).string()) + '\n';
  }
  return {ExitCode::ok, std::move(text), found.format_all()};
}

}  // namespace portcullis
