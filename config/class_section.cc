#include "config/class_section.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/class_feed.h"
#include "config/suggestion.h"
#include "config/value_list.h"

namespace portcullis {
namespace {

// The listeners that `listeners = ...` names; empty for all of them.
std::vector<ListenerIndex> read_listeners(const Section& section,
                                          const std::vector<ReadListener>& listeners) {
  if (section.text("listeners") == "all") return {};
  std::vector<std::string_view> known = {"all"};
  for (const ReadListener& l : listeners) known.push_back(l.listener.name);
  std::vector<ListenerIndex> found;
  for (const IniPiece& item : split_list(section.pieces("listeners"))) {
    const auto place = std::ranges::find(known, item.text);
    if (place == known.end()) {
      section.error_at(item, "is not a listener of this policy", suggest(item.text, known));
    } else if (place == known.begin()) {
      section.error_at(item, "stands among names of listeners", "write all alone, or the names");
    } else {
      found.push_back(static_cast<ListenerIndex>(place - known.begin() - 1));
    }
  }
  return found;
}

void check_deny_options(const Section& section) {
  for (const std::string_view option : {"reply", "answer_at"}) {
    if (!section.has(option)) continue;
    section.error(option,
                  fmt::format("is for denied clients, and action is {}", section.text("action")),
                  "remove it, or write action = deny");
  }
}

// Limits count those who are let in and are not exempt.
void ignore_limits(const Section& section, ClientClass& client_class) {
  for (const std::string_view option :
       {"max_connections", "max_connections_per_client", "reserved_connections"}) {
    if (!section.has(option)) continue;
    section.warning(option,
                    fmt::format("never holds: {} clients are not counted",
                                client_class.action == Action::deny ? "denied" : "exempt"),
                    "remove it, or write action = permit");
  }
  client_class.max_connections = {};
  client_class.max_connections_per_client = {};
  client_class.reserved_connections = 0;
}

void check_limits(const Section& section, const ClientClass& client_class) {
  if (!client_class.max_connections) return;
  const std::uint32_t total = *client_class.max_connections;
  const auto never_holds =
      fmt::format("is more than max_connections = {}, so it never holds", total);
  if (const auto& limit = client_class.max_connections_per_client;
      limit && *limit && **limit > total) {
    section.warning("max_connections_per_client", never_holds, "write a smaller number");
  }
  if (client_class.reserved_connections > total) {
    section.warning(
        "reserved_connections",
        fmt::format("is more than max_connections = {}: the class never uses the rest", total),
        fmt::format("write {}", total));
  }
}

ReadClass read_class(const Section& section, const std::vector<ReadListener>& listeners) {
  ClientClass client_class;
  client_class.name = section.name();
  const auto action = section.choice<Action>("action");
  client_class.action = action.value_or(Action::permit);
  client_class.listeners = read_listeners(section, listeners);
  client_class.reply = section.value("reply", parse_reply);
  client_class.answer_at = section.choice<AnswerAt>("answer_at");
  client_class.mode = section.choice<Mode>("mode").value_or(Mode::enforce);
  client_class.max_connections =
      section.value("max_connections", parse_limit).value_or(std::nullopt);
  client_class.max_connections_per_client =
      section.value("max_connections_per_client", parse_limit);
  client_class.reserved_connections =
      section.value("reserved_connections", parse_number).value_or(0);
  if (action && *action != Action::deny) check_deny_options(section);
  if (action && *action != Action::permit) ignore_limits(section, client_class);
  check_limits(section, client_class);
  read_class_feed(section);  // for what is wrong with it
  return {&section, std::move(client_class)};
}

}  // namespace

std::vector<ReadClass> read_class_sections(const std::vector<Section>& sections,
                                           const std::vector<ReadListener>& listeners) {
  std::vector<ReadClass> classes;
  for (const Section& section : sections) {
    if (section.kind() == SectionKind::client_class) {
      classes.push_back(read_class(section, listeners));
    }
  }
  return classes;
}

}  // namespace portcullis
