#include "config/policy_checks.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace portcullis {
namespace {

constexpr std::uint16_t kHangUp = 421;

ListenerIndex index(std::size_t place) {
  return static_cast<ListenerIndex>(place);
}

// True if the pair was reported.
bool check_reply(const Section& section, const std::optional<SmtpReply>& reply, AnswerAt answer_at,
                 std::string_view where) {
  if (!reply) return false;
  if (answer_at == AnswerAt::drop && reply->code() != kHangUp) {
    section.error("reply",
                  fmt::format("is not sent with answer_at = drop{}: only 421 hangs up", where),
                  "write a 421 reply or none, or answer_at = helo");
    return true;
  }
  if (answer_at != AnswerAt::drop && reply->code() == kHangUp) {
    section.error(
        "reply",
        fmt::format("makes the MTA hang up, but answer_at is {}{}", to_string(answer_at), where),
        "write answer_at = drop, or a 450 or 554 reply");
    return true;
  }
  return false;
}

void check_class_reply(const ReadClass& read, const std::vector<ReadListener>& listeners) {
  const auto& [section, client_class] = read;
  if (client_class.answer_at) {
    check_reply(*section, client_class.reply, *client_class.answer_at, "");
    return;
  }
  for (std::size_t l = 0; l < listeners.size(); ++l) {
    if (!client_class.in_force_on(index(l))) continue;
    const Listener& listener = listeners[l].listener;
    if (check_reply(*section, client_class.reply, listener.answer_at.value_or(AnswerAt::connect),
                    fmt::format(" of [listener {}]", listener.name))) {
      return;  // one report for a reply
    }
  }
}

std::string joined_reservations(const std::vector<ReadClass>& classes, std::size_t listener) {
  std::string text;
  for (const ReadClass& read : classes) {
    const ClientClass& c = read.client_class;
    if (c.reserved_connections == 0 || !c.in_force_on(index(listener))) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", c.name, c.reserved_connections);
  }
  return text;
}

// The reservations of all classes on one listener.
void check_sum(const ReadListener& read, std::size_t place, const std::vector<ReadClass>& classes) {
  if (!read.listener.max_connections) return;
  std::uint64_t sum = 0;
  bool one_alone_is_too_large = false;
  for (const ReadClass& c : classes) {
    if (!c.client_class.in_force_on(index(place))) continue;
    sum += c.client_class.reserved_connections;
    one_alone_is_too_large |= c.client_class.reserved_connections > *read.listener.max_connections;
  }
  if (sum <= *read.listener.max_connections || one_alone_is_too_large) return;
  read.section->error("max_connections",
                      fmt::format("is less than the {} connections reserved in {} ({})", sum,
                                  read.section->title(), joined_reservations(classes, place)),
                      fmt::format("write {} or more, or reserve fewer", sum));
}

void check_class_reservation(const ReadClass& read, const std::vector<ReadListener>& listeners) {
  const auto& [section, client_class] = read;
  if (client_class.reserved_connections == 0) return;
  bool any_limited = false;
  for (std::size_t l = 0; l < listeners.size(); ++l) {
    const Listener& listener = listeners[l].listener;
    if (!client_class.in_force_on(index(l)) || !listener.max_connections) continue;
    any_limited = true;
    if (client_class.reserved_connections <= *listener.max_connections) continue;
    section->error("reserved_connections",
                   fmt::format("is more than max_connections = {} of [listener {}]",
                               *listener.max_connections, listener.name),
                   fmt::format("write {} or less", *listener.max_connections));
  }
  if (!any_limited && !listeners.empty()) {
    section->error("reserved_connections",
                   "is kept from no one: no listener of the class has a max_connections",
                   "write max_connections in the listener, or remove this line");
  }
}

}  // namespace

void check_replies(const std::vector<ReadListener>& listeners,
                   const std::vector<ReadClass>& classes) {
  for (const auto& [section, listener] : listeners) {
    check_reply(*section, listener.reply, listener.answer_at.value_or(AnswerAt::connect), "");
  }
  for (const ReadClass& read : classes) {
    if (read.client_class.action == Action::deny) check_class_reply(read, listeners);
  }
}

void check_reservations(const std::vector<ReadListener>& listeners,
                        const std::vector<ReadClass>& classes) {
  for (const ReadClass& read : classes) check_class_reservation(read, listeners);
  for (std::size_t l = 0; l < listeners.size(); ++l) check_sum(listeners[l], l, classes);
}

void check_somebody_may_connect(const std::vector<ReadListener>& listeners,
                                const std::vector<ReadClass>& classes,
                                const std::vector<std::size_t>& entries) {
  for (std::size_t l = 0; l < listeners.size(); ++l) {
    const auto& [section, listener] = listeners[l];
    if (listener.default_action == ListenerDefault::accept) continue;
    bool somebody = false;
    for (std::size_t c = 0; c < classes.size(); ++c) {
      const ClientClass& client_class = classes[c].client_class;
      somebody |= client_class.action != Action::deny && client_class.in_force_on(index(l)) &&
                  entries[c] > 0;
    }
    if (somebody) continue;
    const std::string reason = "denies all, and no permit or exempt entry is in force here";
    const std::string repair = "list clients in a class with action = permit or exempt";
    if (listener.mode == Mode::observe) {
      section->warning("default", reason, repair, "nobody-may-connect");
    } else {
      section->error("default", reason + ": nobody could connect", repair);
    }
  }
}

}  // namespace portcullis
