#include "config/difference_json.h"

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace portcullis {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<std::uint32_t>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json limits_json(const std::optional<ClientTreatment::Limits>& limits) {
  if (!limits) return nullptr;
  return {{"client", or_null(limits->client)},
          {"class", or_null(limits->client_class)},
          {"listener", or_null(limits->listener)},
          {"reserved", limits->reserved}};
}

Json treatment_json(const ClientTreatment& t) {
  const Disposition enforced = t.observed ? Disposition::proceed : t.disposition;
  return {{"verdict", to_string(t.disposition)},
          {"enforced", to_string(enforced)},
          {"action", to_string(t.decided_by)},
          {"class", t.client_class.empty() ? Json(nullptr) : Json(t.client_class)},
          {"reply", t.reply.empty() ? Json(nullptr) : Json(t.reply)},
          {"answer_at", t.reply.empty() ? Json(nullptr) : Json(to_string(t.answer_at))},
          {"limits", limits_json(t.limits)}};
}

Json change_json(const TreatmentChange& change) {
  Json networks = Json::array();
  for (const IpPrefix& network : change.networks.kept()) networks.push_back(network.to_string());
  return {{"kind", change.changes_verdict() ? "verdict" : "class"},
          {"was", treatment_json(change.was)},
          {"is", treatment_json(change.is)},
          {"addresses",
           {{"ipv4", change.networks.ipv4_addresses()},
            {"ipv6", change.networks.ipv6_addresses()},
            {"text", change.networks.text()}}},
          {"network_count", change.networks.size()},
          {"networks", std::move(networks)},
          {"name_count", change.name_count},
          {"names", change.names}};
}

Json settings_json(const std::vector<SettingChange>& settings) {
  Json all = Json::array();
  for (const SettingChange& s : settings) {
    all.push_back({{"listener", s.listener}, {"setting", s.setting}, {"was", s.was}, {"is", s.is}});
  }
  return all;
}

}  // namespace

nlohmann::ordered_json difference_json(const PolicyDifference& difference) {
  Json groups = Json::array();
  for (const ListenerDifference& group : difference.listeners) {
    Json changes = Json::array();
    for (const TreatmentChange& change : group.changes) changes.push_back(change_json(change));
    groups.push_back({{"listeners", group.listeners}, {"changes", std::move(changes)}});
  }
  return {{"differs", !difference.empty()},
          {"added_listeners", difference.added_listeners},
          {"removed_listeners", difference.removed_listeners},
          {"settings", settings_json(difference.settings)},
          {"differences", std::move(groups)}};
}

}  // namespace portcullis
