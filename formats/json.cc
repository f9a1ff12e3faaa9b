#include "formats/json.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include "config/entry_line.h"
#include "config/time_text.h"

#include "formats/json_elements.h"
#include "formats/reading.h"
#include "formats/sender_text.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

using Json = nlohmann::ordered_json;

struct JsonProblem {
  std::uint32_t line = 0;
  std::string culprit;
  Problem problem;
};

// `bytes_read` are those up to and with the one that cannot stand where it does.
JsonProblem syntax_problem(const JsonElement& element, std::size_t bytes_read) {
  constexpr std::size_t kShownBefore = 16;
  constexpr std::size_t kShown = 24;
  const std::size_t at = bytes_read > 0 ? bytes_read - 1 : 0;
  if (at >= element.text.size()) {
    return {element.line + count_line_ends(element.text),
            std::string(element.text),
            {"is JSON that does not end", "write an object on one line, or an array around all"}};
  }
  const std::size_t line_start = element.text.find_last_of("\r\n", at) + 1;  // npos + 1 is 0
  const std::size_t start = std::max(line_start, at - std::min(at, kShownBefore));
  const std::string_view rest = element.text.substr(start, kShown);
  return {element.line + count_line_ends(element.text.substr(0, line_start)),
          std::string(rest.substr(0, rest.find_first_of("\r\n"))),
          {"is not JSON", {}}};
}

// An element as an object, each key once.
tl::expected<Json, JsonProblem> parse_object(const JsonElement& element) {
  std::set<std::string> keys;
  std::string twice;
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.insert(key).second) twice = key;
    }
    return true;
  };
  Json object;
  try {
    object = Json::parse(element.text, watch);
  } catch (const Json::parse_error& error) {
    return tl::unexpected(syntax_problem(element, error.byte));
  } catch (const Json::exception&) {  // out_of_range.406, the only other one that parsing has
    return tl::unexpected(JsonProblem{
        element.line, std::string(element.text), {"holds a number too large for any program", {}}});
  }
  if (!object.is_object()) {
    return tl::unexpected(JsonProblem{element.line,
                                      std::string(element.text),
                                      {"is no object", R"(write {"address": "192.0.2.1"})"}});
  }
  if (!twice.empty()) {
    return tl::unexpected(
        JsonProblem{element.line, twice, {"is given twice in an object", "remove one of the two"}});
  }
  return object;
}

class JsonReader {
 public:
  explicit JsonReader(const ReadOptions& options) : reading_(options) {}

  ListReading read(std::string_view text) {
    JsonElements elements(text);
    while (const auto element = elements.next()) read_element(*element);
    if (const auto& flaw = elements.flaw()) {
      reading_.refuse(flaw->line, flaw->culprit, flaw->problem);
      reading_.feed().cut_short = flaw->cut_short;
    }
    return reading_.take();
  }

 private:
  void read_element(const JsonElement& element) {
    if (element.text.empty()) {
      reading_.refuse(element.line, {}, {"an object is missing here", "remove a comma"});
      return;
    }
    const auto object = parse_object(element);
    if (!object) {
      const JsonProblem& error = object.error();
      reading_.refuse(error.line, error.culprit, error.problem);
      return;
    }
    warn_of_other_keys(*object, element.line);
    read_object(*object, element);
  }

  void warn_of_other_keys(const Json& object, std::uint32_t line) {
    static const std::set<std::string> kKnown = {"address", "comment", "expires", "action"};
    for (const auto& [key, value] : object.items()) {
      if (kKnown.contains(key)) continue;
      reading_.repair(
          line, key,
          {"is a key that is not read", "known here: address, comment, expires, action"});
    }
  }

  void read_object(const Json& object, const JsonElement& element) {
    const auto address = text_of(object, "address", element.line);
    const auto comment = text_of(object, "comment", element.line);
    const auto expires = text_of(object, "expires", element.line);
    const auto action = text_of(object, "action", element.line);
    if (!address || !comment || !expires || !action) return;
    if (address->empty()) {
      reading_.refuse(element.line, element.text,
                      {"has no address", R"(write {"address": "192.0.2.1"})"});
      return;
    }
    ListEntry like;
    like.line = element.line;
    like.comment = Reading::comment(*comment);
    if (!set_expires(like, *expires) || !set_action(like, *action)) return;
    add_client_or_sender(reading_, *address, std::move(like));
  }

  // Empty for a value that is null or missing; nothing, and refused, for one that is no text.
  std::optional<std::string> text_of(const Json& object, const char* key, std::uint32_t line) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::string();
    if (found->is_string()) return found->get<std::string>();
    reading_.refuse(line, key,
                    {fmt::format("has a value that is no text but {}", found->type_name()), {}});
    return {};
  }

  bool set_expires(ListEntry& entry, std::string_view text) {
    if (text.empty()) return true;
    const auto time = parse_time(text);
    if (time) {
      entry.expires = *time;
      return true;
    }
    reading_.refuse(entry.line, text, {time.error().reason, "write it like 2027-01-31T00:00:00Z"});
    return false;
  }

  bool set_action(ListEntry& entry, std::string_view text) {
    if (text.empty()) return true;
    if (text == "permit" || text == "deny") {
      entry.action = text == "permit" ? Action::permit : Action::deny;
      return true;
    }
    reading_.refuse(entry.line, text,
                    {"is no action of an entry",
                     text == "exempt" ? "exempt is what a class does: import it into one"
                                      : "write permit or deny"});
    return false;
  }

  Reading reading_;
};

std::string object_text(const ListEntry& entry) {
  Json object = {{"address", to_string(entry.listed)}};
  if (!entry.comment.empty()) object["comment"] = entry.comment;
  if (entry.expires) object["expires"] = time_text(*entry.expires);
  if (entry.action) object["action"] = to_string(*entry.action);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

ListReading read_json(std::string_view text, const ReadOptions& options) {
  return JsonReader(options).read(text);
}

ListWriting write_json(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing("JSON", options);
  std::string& text = writing.text();
  text = "[";
  for (const ListEntry& entry : entries) {
    text += text.size() > 1 ? ",\n " : "\n ";
    text += object_text(entry);
  }
  text += "\n]\n";
  return writing.take();
}

}  // namespace portcullis
