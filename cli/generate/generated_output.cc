#include "cli/generate/generated_output.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "cli/diagnostic_json.h"
#include "cli/generate/change_text.h"
#include "cli/output_file.h"

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

// A password is written to a file of its own, which nobody else may open.
Found<void> write_file(const std::string& folder, const GeneratedFile& file) {
  const fs::path path = place_in(folder, file);
  if (auto made = make_folder(path.parent_path()); !made) return made;
  if (!file.secret) return write_output(path, file.text);
  std::error_code error;
  if (fs::is_symlink(path, error)) {
    return tl::unexpected(failure(
        ExitCode::write_failed,
        fmt::format("{}: is a symbolic link, and a password is to be written", path.string())));
  }
  return write_output(path, file.text, kOwnerOnly);
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
