#include "cli/class_usage.h"

#include <utility>

#include <fmt/format.h>

#include "cli/entry_hits.h"
#include "config/time_text.h"

namespace portcullis {
namespace {

ClassUse use_of(ClassHits hits) {
  ClassUse use{hits.since, {}, !hits.truncated};
  use.last.reserve(hits.entries.size());
  for (EntryHits& entry : hits.entries) use.last.emplace(std::move(entry.text), entry.last);
  return use;
}

Report too_early(Time since, std::chrono::seconds age) {
  return failure(ExitCode::too_early,
                 fmt::format("check: the daemon has counted since {} only: ask again from {} on",
                             time_text(since), time_text(since + age)));
}

}  // namespace

Found<std::vector<ClassUse>> ask_class_usage(const std::string& policy_file, const Policy& policy,
                                             std::chrono::seconds age, Time now) {
  std::vector<ClassUse> usage;
  usage.reserve(policy.classes().size());
  for (const ClientClass& client_class : policy.classes()) {
    auto hits = ask_entry_hits(policy_file, client_class.name);
    if (!hits) return tl::unexpected(std::move(hits.error()));
    if (hits->since > now - age) return tl::unexpected(too_early(hits->since, age));
    usage.push_back(use_of(*std::move(hits)));
  }
  return usage;
}

}  // namespace portcullis
