#include "contrib/sendmail/applied_files.h"

#include <nlohmann/json.hpp>

#include "contrib/sendmail/configuration_files.h"

namespace portcullis::sendmail {

using Json = nlohmann::json;

std::string to_json(const AppliedFiles& files) {
  Json before = Json::object();
  for (const auto& [path, text] : files) before[path] = text ? Json(*text) : Json(nullptr);
  const Json record = {{"mta", "sendmail"}, {"files", before}};
  return record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

tl::expected<AppliedFiles, Problem> read_applied_files(const std::string& path) {
  const auto text = read_if_there(path);
  if (!text) return AppliedFiles{};
  const tl::unexpected<Problem> damaged(
      Problem{"is not a record of portcullis generate", "restore it, or remove it"});
  const Json record = Json::parse(*text, nullptr, false);
  if (!record.is_object() || !record.contains("files") || !record["files"].is_object()) {
    return damaged;
  }
  AppliedFiles files;
  for (const auto& [file, before] : record["files"].items()) {
    if (!before.is_null() && !before.is_string()) return damaged;
    files[file] = before.is_null() ? std::nullopt : std::optional(before.get<std::string>());
  }
  return files;
}

}  // namespace portcullis::sendmail
