#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/certificate/certificate.h"
#include "cli/certificate/certificate_text.h"
#include "cli/certificate/policy_certificates.h"
#include "cli/policy_source.h"
#include "cli/time_argument.h"

namespace portcullis {
namespace {

// One certificate of the policy, as it is now.
struct Row {
  const CertificateFiles* files = nullptr;
  CheckedCertificates checked;
  std::optional<Time> not_after;
  std::optional<long> days_left;  // whole ones; negative when it has expired
};

Row row_of(const CertificateFiles& files, const std::string& policy_file, Time at) {
  Row row{&files, check_named(files, policy_file, at), {}, {}};
  if (row.checked.certificates.empty()) return row;
  row.not_after = row.checked.certificates.front().not_after;
  if (row.not_after) {
    row.days_left = std::chrono::floor<std::chrono::days>(*row.not_after - at).count();
  }
  return row;
}

std::string state_of(const Row& row) {
  const Diagnostics& found = row.checked.found;
  if (found.has_errors()) return "error";
  return found.warnings() > 0 ? "warning" : "ok";
}

Json to_json(const MtaSettings& policy, const Row& row) {
  Json json = section_json(policy, *row.files);
  json["subject"] =
      row.checked.certificates.empty() ? Json() : Json(row.checked.certificates.front().subject);
  json["not_after"] = row.not_after ? Json(date(row.not_after)) : Json();
  json["days_left"] = row.days_left ? Json(*row.days_left) : Json();
  json["state"] = state_of(row);
  json["errors"] = row.checked.found.errors();
  json["warnings"] = row.checked.found.warnings();
  return json;
}

std::string table(const MtaSettings& policy, const std::vector<Row>& rows) {
  std::size_t width = std::string_view("certificate").size();
  for (const Row& row : rows) width = std::max(width, shown(row.files->name).size());
  std::string text = fmt::format("{:<{}}  {:<20}  {:>5}  {:<7}  listeners\n", "certificate", width,
                                 "expires", "days", "state");
  for (const Row& row : rows) {
    const auto listeners = listeners_with(policy, row.files->name);
    text += fmt::format(
        "{:<{}}  {:<20}  {:>5}  {:<7}  {}\n", shown(row.files->name), width,
        row.not_after ? date(row.not_after) : "?",
        row.days_left ? std::to_string(*row.days_left) : "?", state_of(row),
        listeners.empty() ? "none" : shown(fmt::format("{}", fmt::join(listeners, ", "))));
  }
  return text;
}

Report list(const CommonOptions& options, const std::optional<std::string>& when) {
  const auto at = time_asked_for(when);
  if (!at) return at.error();
  const auto policy = open_certificates(options.policy_file);
  if (!policy) return policy.error();
  std::vector<Row> rows;
  for (const CertificateFiles& files : policy->certificates) {
    rows.push_back(row_of(files, options.policy_file, *at));
  }
  if (!options.json) return {ExitCode::ok, table(*policy, rows), {}};
  Json certificates = Json::array();
  for (const Row& row : rows) certificates.push_back(to_json(*policy, row));
  return {ExitCode::ok, json_text({{"certificates", std::move(certificates)}}), {}};
}

}  // namespace

void add_certificate_list(Commands& commands, Command& group) {
  const auto at = std::make_shared<std::optional<std::string>>();
  add_with_keys(commands, group, "list",
                "Print the certificates of the policy and when they expire",
                [at](const CommonOptions& options) { return list(options, *at); })
      .add_option("--at", *at, "When, as 2027-01-31T00:00:00Z")
      ->type_name("TIME");
}

}  // namespace portcullis
