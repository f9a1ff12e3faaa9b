// The milter as an item of smtpd_milters: the first one, so that it counts whom another refuses.

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "contrib/postfix/plan_draft.h"
#include "contrib/postfix/postfix_text.h"

#include "host/mta_service.h"

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

// A socket as one Postfix finds it, however it is written.
struct Socket {
  std::string path;  // relative to the queue directory if it is there; empty: a host and a port
  std::string host;
  std::string port;
};

Socket socket_of(const PlanDraft& draft, std::string address) {
  if (address.starts_with("unix:")) {
    address.erase(0, 5);
    for (const std::string name : {"$queue_directory", "${queue_directory}"}) {
      if (address.starts_with(name)) address.replace(0, name.size(), draft.facts.queue_directory);
    }
    const std::string path = std::filesystem::path(address).lexically_normal();
    if (const auto below = draft.in_queue_directory(path, PlanDraft::Below::relative)) {
      return {*below, {}, {}};
    }
    // What a chrooted smtpd takes for the root.
    return {path.starts_with('/') && any_chrooted(draft) ? path.substr(1) : path, {}, {}};
  }
  address.erase(0, address.find(':') + 1);
  const std::size_t colon = std::min(address.rfind(':'), address.size());
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (const auto ip = IpAddress::parse(host)) host = ip->to_string();
  const std::string port = address.substr(std::min(colon + 1, address.size()));
  const auto number = port_number(port);
  return {{}, host, number ? std::to_string(*number) : port};
}

bool is_same_host(const std::string& a, const std::string& b) {
  const auto is_loopback = [](const std::string& host) {
    return host == "127.0.0.1" || host == "::1";
  };
  return a == b || (a == "localhost" && is_loopback(b)) || (b == "localhost" && is_loopback(a));
}

bool is_same_milter(const PlanDraft& draft, std::string_view item, std::string_view element) {
  const Socket a = socket_of(draft, address_of(item));
  const Socket b = socket_of(draft, address_of(element));
  return a.path == b.path && is_same_host(a.host, b.host) && a.port == b.port;
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
  plan_list(draft, change, draft.policy.milter_socket.line,
            [&](std::string_view item, std::string_view ours) {
              return is_same_milter(draft, item, ours);
            });
}

}  // namespace portcullis
