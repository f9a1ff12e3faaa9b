#include "milter/live_report.h"

#include <nlohmann/json.hpp>

#include "config/time_text.h"

namespace portcullis {
namespace {

using Json = nlohmann::ordered_json;

// A path may hold bytes that are no UTF-8: replaced, never thrown about.
std::string to_line(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

std::string entry_json(const Policy& policy, const ClassHits::Entry& entry) {
  const EntryDescription description = policy.describe(entry.index);
  return to_line({{"text", description.text},
                  {"file", description.file},
                  {"line", description.line},
                  {"count", entry.hits.count},
                  {"last", time_text(entry.hits.last)}});
}

}  // namespace

std::optional<std::string> hits_json(DaemonContext& daemon, std::string_view class_name) {
  const auto found = daemon.succession.hits_of(class_name, kMaxReportedHits);
  if (!found) return std::nullopt;
  const Json head{{"ok", true}, {"class", class_name}, {"since", time_text(daemon.counting_since)}};
  std::string line = to_line(head);
  line.pop_back();  // its brace
  line += ",\"entries\":[";
  bool truncated = found->truncated;
  bool first = true;
  // Written one by one: a tree of all of them would take ten times the memory of the line.
  for (const ClassHits::Entry& entry : found->entries) {
    const std::string text = entry_json(*found->policy->policy, entry);
    if ((truncated |= line.size() + text.size() > kMaxHitsLine)) break;
    if (!std::exchange(first, false)) line += ',';
    line += text;
  }
  line += truncated ? "],\"truncated\":true}" : "],\"truncated\":false}";
  return line;
}

std::string peers_json(DaemonContext& daemon) {
  const LivePeers::Addresses found = daemon.peers.addresses(kMaxReportedPeers);
  Json texts = Json::array();
  for (const IpAddress& address : found.addresses) texts.push_back(address.to_string());
  return to_line({{"ok", true}, {"peers", std::move(texts)}, {"truncated", found.truncated}});
}

}  // namespace portcullis
