#include "contrib/postfix/generated_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"

namespace portcullis {
namespace {

std::string main_cf(const MtaSettings& policy, const PostfixPlan& plan) {
  std::string text = "# Settings of Portcullis for main.cf. Written by portcullis generate.\n";
  for (const PlannedSetting& setting : plan.settings) {
    text += '\n' + origin_comment(policy, setting.line);
    text +=
        fmt::format("{} ={}{}\n", setting.name, setting.value.empty() ? "" : " ", setting.value);
  }
  return text;
}

// What a new service has from the one that it replaces has no line of ours.
std::string service_lines(const MtaSettings& policy, const PlannedService& service) {
  MasterEntry entry = service.entry;
  std::erase_if(entry.overrides, [&](const auto& inherited) {
    return std::ranges::any_of(service.overrides, [&](const PlannedSetting& setting) {
      return setting.name == inherited.first;
    });
  });
  if (service.process_limit) entry.process_limit = service.process_limit->value;
  std::string text = '\n' + origin_comment(policy, service.line);
  if (service.process_limit) {
    text += "# process limit: " + origin_comment(policy, service.process_limit->line).substr(2);
  }
  text += entry.to_line() + '\n';
  for (const PlannedSetting& setting : service.overrides) {
    text += "  " + origin_comment(policy, setting.line);
    text += fmt::format("  -o {}={}\n", setting.name, setting.value);
  }
  return text;
}

std::string master_cf(const MtaSettings& policy, const PostfixPlan& plan) {
  std::string text = "# Services of Portcullis for master.cf. Written by portcullis generate.\n";
  for (const std::string& name : plan.removed_services) {
    text += fmt::format("# In place of {}.\n", name);
  }
  for (const PlannedService& service : plan.services) text += service_lines(policy, service);
  return text;
}

}  // namespace

std::vector<GeneratedFile> generated_files(const MtaSettings& policy, const PostfixPlan& plan) {
  std::vector<GeneratedFile> files = {{"main.cf", main_cf(policy, plan), false},
                                      {"master.cf", master_cf(policy, plan), false}};
  files.insert(files.end(), plan.files.begin(), plan.files.end());
  return files;
}

}  // namespace portcullis
