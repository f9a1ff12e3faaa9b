#include "cli/entry_hits.h"

#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/control_client.h"
#include "config/time_text.h"

namespace portcullis {
namespace {

constexpr std::chrono::seconds kPatience{30};  // 100,000 entries on a busy machine

// The values of the answer, each of the one type that it may have.
std::optional<std::string> string_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::uint64_t> number_at(const Json& json, const char* key, std::uint64_t maximum) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  const auto number = found->get<std::uint64_t>();
  return number <= maximum ? std::optional(number) : std::nullopt;
}

std::optional<Time> time_at(const Json& json, const char* key) {
  const auto text = string_at(json, key);
  if (!text) return std::nullopt;
  const auto time = parse_time(*text);
  return time ? std::optional(*time) : std::nullopt;
}

std::optional<EntryHits> entry_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  auto text = string_at(json, "text");
  auto file = string_at(json, "file");
  const auto line = number_at(json, "line", std::numeric_limits<std::uint32_t>::max());
  const auto count = number_at(json, "count", std::numeric_limits<std::uint64_t>::max());
  const auto last = time_at(json, "last");
  if (!text || !file || !line || !count || !last) return std::nullopt;
  return EntryHits{*std::move(text), *std::move(file), static_cast<std::uint32_t>(*line), *count,
                   *last};
}

tl::unexpected<Report> no_answer_of_ours() {
  return tl::unexpected(
      failure(ExitCode::unavailable, "hits: the answer is none of portcullisd's"));
}

}  // namespace

Found<ClassHits> parse_entry_hits(const Json& answer) {
  if (!answer.is_object()) return no_answer_of_ours();
  if (answer.value("ok", Json(false)) != true) {
    const auto error = string_at(answer, "error");
    if (!error) return no_answer_of_ours();
    return tl::unexpected(failure(
        ExitCode::unavailable,
        fmt::format("the daemon: {}; if the policy has changed: portcullis reload", *error)));
  }
  const auto since = time_at(answer, "since");
  const auto entries = answer.find("entries");
  const auto truncated = answer.find("truncated");
  if (!since || entries == answer.end() || !entries->is_array() || truncated == answer.end() ||
      !truncated->is_boolean()) {
    return no_answer_of_ours();
  }
  ClassHits hits{*since, {}, truncated->get<bool>()};
  hits.entries.reserve(entries->size());
  for (const Json& json : *entries) {
    auto entry = entry_of(json);
    if (!entry) return no_answer_of_ours();
    hits.entries.push_back(*std::move(entry));
  }
  return hits;
}

Found<ClassHits> ask_entry_hits(const std::string& policy_file, std::string_view class_name) {
  const auto answer = ask_daemon_of(policy_file, fmt::format("hits {}", class_name), kPatience);
  if (!answer) return tl::unexpected(answer.error());
  return parse_entry_hits(*answer);
}

}  // namespace portcullis
