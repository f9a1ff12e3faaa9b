#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "formats/json_text.h"
#include "formats/nft_sets.h"

namespace portcullis {
namespace {

using nlohmann::json;

bool is_unsigned(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned();
}

// Sets `seconds` if the object has `key`; false if that is no number of seconds.
bool take_seconds(const json& object, const char* key, std::optional<std::uint64_t>& seconds) {
  if (!object.contains(key)) return true;
  if (!is_unsigned(object, key)) return false;
  seconds = object[key].get<std::uint64_t>();
  return parse_nft_time(fmt::format("{}s", *seconds)).has_value();
}

bool has_objects(const json& value, const char* key) {
  return value.is_object() && value.contains(key) && value[key].is_object();
}

// The text of an element's value; empty if it is none of addresses.
std::string value_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (has_objects(value, "prefix") && is_unsigned(value["prefix"], "len")) {
    return fmt::format("{}/{}", json_string(value["prefix"], "addr"),
                       value["prefix"]["len"].get<std::uint64_t>());
  }
  if (!value.is_object() || !value.contains("range")) return {};
  const json& range = value["range"];
  if (!range.is_array() || range.size() != 2 || !range[0].is_string() || !range[1].is_string()) {
    return {};
  }
  return fmt::format("{}-{}", range[0].get<std::string>(), range[1].get<std::string>());
}

NftElement make_element(const json& elem) {
  NftElement element;
  const json* value = &elem;
  if (has_objects(elem, "elem")) {
    const json& inner = elem["elem"];
    if (inner.contains("val")) value = &inner["val"];
    element.comment = json_string(inner, "comment");
    if (!take_seconds(inner, "timeout", element.timeout) ||
        !take_seconds(inner, "expires", element.expires)) {
      element.problem.reason = "has a time that is none";
    }
  }
  element.value = value_text(*value);
  if (element.value.empty()) {
    element.value = value->dump(-1, ' ', false, json::error_handler_t::replace);
    element.problem.reason = "is no address, network or range";
  }
  return element;
}

// "type": "ipv4_addr", or ["ipv4_addr", "inet_service"], or, of a set that was declared with typeof
// and listed by a newer nft, {"typeof": {"payload": {"protocol": "ip", "field": "saddr"}}}.
std::string type_text(const json& set) {
  const auto type = set.find("type");
  if (type == set.end()) return "nothing";
  if (type->is_string()) return type->get<std::string>();
  if (has_objects(*type, "typeof") && has_objects((*type)["typeof"], "payload")) {
    const json& payload = (*type)["typeof"]["payload"];
    return fmt::format("{} {}", json_string(payload, "protocol"), json_string(payload, "field"));
  }
  return type->dump(-1, ' ', false, json::error_handler_t::replace);
}

NftSet make_set(const json& object) {
  NftSet set;
  set.table = fmt::format("{} {}", json_string(object, "family"), json_string(object, "table"));
  set.declared.name = json_string(object, "name");
  const std::string type = type_text(object);
  set.declared.family = nft_family(type);
  if (!set.declared.family) set.declared.problem = not_of_addresses(type);
  if (!take_seconds(object, "timeout", set.timeout)) {
    set.declared.problem.reason = "has a timeout that is no time";
  }
  const auto elements = object.find("elem");
  if (elements == object.end()) return set;
  if (!elements->is_array()) {
    set.declared.problem.reason = "has elements that are no array";
    return set;
  }
  for (const json& elem : *elements) set.elements.push_back(make_element(elem));
  set.declared.elements = set.elements.size();
  return set;
}

// What an object of the listing is: its only key; empty if it is no such object.
std::string kind_of(const json& object) {
  if (!object.is_object() || object.size() != 1 || !object.begin().value().is_object()) return {};
  return object.begin().key();
}

}  // namespace

std::vector<NftSet> find_nft_json_sets(Reading& reading, std::string_view text) {
  const auto listing = parse_json(text);
  if (!listing) {
    reading.refuse(0, {}, listing.error());
    return {};
  }
  if (!listing->is_object() || !listing->contains("nftables") ||
      !(*listing)["nftables"].is_array()) {
    reading.refuse(0, {},
                   {"is not what nft -j prints: it has no array \"nftables\"",
                    "list the set: nft -j list set ..."});
    return {};
  }
  std::vector<NftSet> sets;
  for (const json& object : (*listing)["nftables"]) {
    const std::string kind = kind_of(object);
    if (kind == "set") {
      sets.push_back(make_set(object["set"]));
    } else if (kind.empty() || kind == "add" || kind == "delete" || kind == "flush") {
      reading.refuse(0, kind, {"is no object of a listing", "list the set: nft -j list set ..."});
    } else if (kind != "metainfo" && kind != "table") {
      reading.note(0, kind + ' ' + json_string(object[kind], "name"),
                   {"is no set: it is passed over", {}});
    }
  }
  return sets;
}

}  // namespace portcullis
