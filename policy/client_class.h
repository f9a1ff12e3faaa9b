#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/smtp_reply.h"
#include "policy/verdict.h"

namespace portcullis {

// A named set of clients that are treated alike ([class NAME]).
struct ClientClass {
  std::string name;
  Action action = Action::permit;
  // The listeners on which the class is in force; empty means all of them.
  std::vector<ListenerIndex> listeners;
  std::optional<SmtpReply> reply;
  std::optional<AnswerAt> answer_at;
  Mode mode = Mode::enforce;
  // Over all listeners of the class.
  std::optional<std::uint32_t> max_connections;
  // Set: replaces the listener's max_connections_per_client for clients of the class, by a number
  // or by no limit at all.
  std::optional<std::optional<std::uint32_t>> max_connections_per_client;
  // Slots of each limited listener that are kept for the class.
  std::uint32_t reserved_connections = 0;

  bool in_force_on(ListenerIndex listener) const;
};

}  // namespace portcullis
