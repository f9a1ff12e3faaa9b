// The milter as an item of smtpd_milters: the first one, so that it counts whom another refuses.

#include <algorithm>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

namespace portcullis {
namespace {

// "inet:8891@127.0.0.1" is "inet:127.0.0.1:8891" to Postfix.
std::string inet_address(const std::string& socket) {
  const std::size_t colon = socket.find(':');
  const std::size_t at = socket.find('@');
  std::string host = socket.substr(at + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  return fmt::format("inet:{}:{}", host, socket.substr(colon + 1, at - colon - 1));
}

bool any_chrooted(const PlanDraft& draft) {
  return std::ranges::any_of(draft.plan.services, [&](const PlannedService& service) {
    return draft.facts.is_chrooted(service.entry);
  });
}

// As smtpd(8) finds it; empty, with an error, if it cannot.
std::string milter_address(const PlanDraft& draft) {
  const auto& [socket, line] = draft.policy.milter_socket;
  std::string address = inet_address(socket);
  if (socket.starts_with("unix:")) {
    const std::string path = socket.substr(5);
    const auto relative = draft.in_queue_directory(path, PlanDraft::Below::relative);
    if (!relative && any_chrooted(draft)) {
      draft.error(line, "socket = " + socket,
                  "is out of reach of smtpd, which is chrooted in " + draft.facts.queue_directory,
                  fmt::format("write socket = unix:{}/portcullis/milter.sock in [daemon]",
                              draft.facts.queue_directory),
                  "socket-out-of-chroot");
      return {};
    }
    address = "unix:" + relative.value_or(path);
  }
  if (is_plain_item(address)) return literal(address);
  draft.error(line, "socket = " + socket,
              "has a blank, a comma, a quote or a brace, which Postfix does not take there",
              "write another path", "unusable-path");
  return {};
}

// "unix:portcullis/milter.sock" of "{unix:portcullis/milter.sock, default_action=accept}".
std::string address_of(std::string_view item) {
  if (item.starts_with('{')) item.remove_prefix(1);
  const auto parts = split_items(item);
  std::string address = parts.empty() ? std::string() : parts.front();
  if (address.ends_with('}')) address.pop_back();
  return address.starts_with("local:") ? "unix:" + address.substr(6) : address;
}

bool is_same_milter(std::string_view item, std::string_view element) {
  return address_of(item) == address_of(element);
}

// Before 3.0 an item had no attributes of its own: what we say holds for all milters then.
void plan_for_all_milters(const PlanDraft& draft) {
  const ServerSettings& server = draft.policy.server;
  const std::string seconds = fmt::format("{}s", server.milter_timeout.value.count());
  draft.set("milter_connect_timeout", seconds, server.milter_timeout.line);
  draft.set("milter_command_timeout", seconds, server.milter_timeout.line);
  draft.set("milter_default_action", std::string(to_string(server.milter_down.value)),
            server.milter_down.line);
}

}  // namespace

void plan_milter(const PlanDraft& draft) {
  std::string element = milter_address(draft);
  if (element.empty()) return;
  const ServerSettings& server = draft.policy.server;
  if (draft.facts.version < since::kMilterAttributes) {
    plan_for_all_milters(draft);
  } else {
    const auto seconds = server.milter_timeout.value.count();
    element = fmt::format("{{{},connect_timeout={}s,command_timeout={}s,default_action={}}}",
                          element, seconds, seconds, to_string(server.milter_down.value));
  }
  const ListChange change{"smtpd_milters", element, true};
  plan_list(draft, change, draft.policy.milter_socket.line, is_same_milter);
}

}  // namespace portcullis
