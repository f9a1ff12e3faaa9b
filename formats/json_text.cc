#include "formats/json_text.h"

#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace portcullis {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 64;

// What json::parse() leaves to us: keys that come twice, and depth.
class Checks {
 public:
  bool see(int depth, json::parse_event_t event, const json& parsed) {
    if (depth > kMaxDepth) problem_ = fmt::format("is nested more than {} deep", kMaxDepth);
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end) keys_.pop_back();
    if (event == json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second) problem_ = fmt::format("has the key {} twice", key);
    }
    return true;
  }

  const std::string& problem() const { return problem_; }

 private:
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
  std::string problem_;
};

}  // namespace

tl::expected<json, Problem> parse_json(std::string_view text) {
  Checks checks;
  json value = json::parse(
      text,
      [&](int depth, json::parse_event_t event, json& parsed) {
        return checks.see(depth, event, parsed);
      },
      false);
  if (value.is_discarded()) return tl::unexpected(Problem{"is no JSON, or was cut short", {}});
  if (!checks.problem().empty()) return tl::unexpected(Problem{checks.problem(), {}});
  return value;
}

std::string json_string(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace portcullis
