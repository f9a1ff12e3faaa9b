#include "cli/explanation_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/advice.h"
#include "cli/step_text.h"
#include "cli/wire_text.h"
#include "config/time_text.h"

namespace portcullis {
namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json overrode_json(const Explanation& e) {
  Json all = Json::array();
  for (const EntryDescription& entry : e.overrode) {
    Json json = entry_json(entry);
    json["class"] = e.policy->client_class(entry.client_class).name;
    all.push_back(std::move(json));
  }
  return all;
}

Json entries_json(const Explanation& e) {
  Json all = Json::array();
  for (const CoveringEntry& covering : e.entries) {
    const ClientClass& client_class = e.policy->client_class(covering.entry.client_class);
    Json json = entry_json(covering.entry);
    json["class"] = client_class.name;
    json["action"] = to_string(client_class.action);
    json["expires"] =
        covering.entry.expires ? Json(time_text(*covering.entry.expires)) : Json(nullptr);
    json["fate"] = to_string(covering.fate);
    all.push_back(std::move(json));
  }
  return all;
}

Json limits_json(const Explanation& e) {
  if (!e.limits) return nullptr;
  return {{"client_network", e.limits->client_network.to_string()},
          {"client", or_null(e.limits->client)},
          {"class", or_null(e.limits->client_class)},
          {"listener", or_null(e.limits->listener)}};
}

Json live_json(const std::optional<LiveCounts>& live) {
  if (!live) return nullptr;
  return {{"client", or_null(live->client)},
          {"class", or_null(live->client_class)},
          {"listener", or_null(live->listener)}};
}

}  // namespace

Json entry_json(const std::optional<EntryDescription>& entry) {
  if (!entry) return nullptr;
  return {{"text", entry->text}, {"file", entry->file}, {"line", entry->line}};
}

Json explanation_json(const Explanation& e, const std::optional<LiveCounts>& live) {
  const Verdict& v = e.verdict;
  Json json;
  json["address"] = e.question.address ? e.question.address->to_string() : "local";
  json["listener"] = e.policy->listener(v.listener).name;
  json["verdict"] = to_string(v.disposition);
  json["action"] = to_string(v.decided_by);
  json["class"] = v.client_class ? Json(e.policy->client_class(*v.client_class).name) : Json();
  json["entry"] = entry_json(e.entry);
  json["reply"] = v.reply != nullptr ? Json(v.reply->to_string()) : Json();
  json["mode"] = to_string(v.mode);
  json["overrode"] = overrode_json(e);
  json["steps"] = step_sentences(e);
  json["enforced"] = to_string(v.enforced());
  json["answer_at"] = v.reply != nullptr ? Json(to_string(v.answer_at)) : Json();
  json["limits"] = limits_json(e);
  json["on_the_wire"] = on_the_wire(v);
  json["entries"] = entries_json(e);
  json["live"] = live_json(live);
  json["advice"] = advice(e);
  return json;
}

}  // namespace portcullis
