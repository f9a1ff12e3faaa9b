#include "cli/difference_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/json_access.h"
#include "cli/report.h"

namespace portcullis {
namespace {

std::string limit_text(const Json& limits, const char* key, const char* of) {
  const auto found = limits.find(key);
  if (found == limits.end() || found->is_null()) return {};
  return fmt::format(", at most {} {}", number_at(limits, key), of);
}

std::string decider_text(const Json& t) {
  const std::string name = string_at(t, "class");
  return name.empty() ? std::string("the default")
                      : fmt::format("class {} ({})", name, string_at(t, "action"));
}

// "reject, 554 5.7.1 Access denied (at connect), class blocked (deny)".
std::string treatment_text(const Json& t, bool with_limits) {
  std::string text = string_at(t, "verdict");
  if (string_at(t, "enforced") != text) text = "would-" + text + " (observed only)";
  if (const std::string reply = string_at(t, "reply"); !reply.empty()) {
    text += fmt::format(", {} (at {})", reply, string_at(t, "answer_at"));
  }
  text += ", " + decider_text(t);
  const Json& limits = object_at(t, "limits");
  if (!with_limits || limits.empty()) return text;
  text += limit_text(limits, "client", "a client") + limit_text(limits, "class", "for the class") +
          limit_text(limits, "listener", "for the listener");
  if (const auto kept = number_at(limits, "reserved"); kept > 0) {
    text += fmt::format(", {} kept for the class", kept);
  }
  return text;
}

void add_items(std::string& out, const Json& change, const char* key, std::uint64_t count,
               std::string_view plural) {
  const std::vector<std::string> items = strings_at(change, key);
  for (const std::string& item : items) out += "      " + shown(item) + '\n';
  if (count > items.size()) {
    out += fmt::format("      and {} more {}\n", count - items.size(), plural);
  }
}

std::string change_text(const Json& change) {
  const bool with_limits = string_at(change, "kind") == "class";
  std::string out;
  out += "  was " + shown(treatment_text(object_at(change, "was"), with_limits)) + '\n';
  out += "  is  " + shown(treatment_text(object_at(change, "is"), with_limits)) + '\n';
  if (const auto count = number_at(change, "network_count"); count > 0) {
    out += fmt::format("    for {}, in {} {}:\n",
                       shown(string_at(object_at(change, "addresses"), "text")), count,
                       count == 1 ? "network" : "networks");
    add_items(out, change, "networks", count, "networks");
  }
  if (const auto count = number_at(change, "name_count"); count > 0) {
    out += fmt::format("    for {} host {} whose address no entry covers:\n", count,
                       count == 1 ? "name" : "names");
    add_items(out, change, "names", count, "names");
  }
  return out;
}

// Those that keep their verdict, in one line each.
std::string summary_text(const Json& change) {
  std::string whose = string_at(object_at(change, "addresses"), "text");
  if (const auto names = number_at(change, "name_count"); names > 0) {
    whose += fmt::format("{}{} host {}", whose.empty() ? "" : " and ", names,
                         names == 1 ? "name" : "names");
  }
  const std::string was = decider_text(object_at(change, "was"));
  const std::string is = decider_text(object_at(change, "is"));
  const std::string what = was == is ? "other limits of " + is : fmt::format("{}, was {}", is, was);
  return shown(fmt::format("  same verdict, but {}: {} (--all lists them)", what, whose)) + '\n';
}

std::string group_text(const Json& group, const DifferenceTextOptions& options) {
  const std::vector<std::string> listeners = strings_at(group, "listeners");
  std::string out = shown(fmt::format("{} {}:", listeners.size() == 1 ? "listener" : "listeners",
                                      fmt::join(listeners, ", "))) +
                    '\n';
  for (const Json& change : array_at(group, "changes")) {
    const bool in_full = options.all || string_at(change, "kind") == "verdict";
    out += in_full ? change_text(change) : summary_text(change);
  }
  return out;
}

}  // namespace

std::string difference_text(const Json& difference, const DifferenceTextOptions& options) {
  std::string out;
  for (const std::string& name : strings_at(difference, "added_listeners")) {
    out += "listener " + shown(name) + ": added\n";
  }
  for (const std::string& name : strings_at(difference, "removed_listeners")) {
    out += "listener " + shown(name) + ": removed\n";
  }
  for (const Json& s : array_at(difference, "settings")) {
    out += shown(fmt::format("listener {}: {} was {}, is {}", string_at(s, "listener"),
                             string_at(s, "setting"), string_at(s, "was"), string_at(s, "is"))) +
           '\n';
  }
  for (const Json& group : array_at(difference, "differences")) out += group_text(group, options);
  return out;
}

}  // namespace portcullis
