#include "milter/control_request.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "milter/live_report.h"
#include "milter/status.h"
#include "policy/printable.h"

namespace portcullis {
namespace {

using Json = nlohmann::ordered_json;

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

std::string error_line(const std::string& text) {
  return to_line({{"ok", false}, {"error", text}});
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMaxLength = 100;
  return '"' + printable(text, kMaxLength) + '"';
}

std::vector<std::string> words_of(std::string_view request) {
  std::istringstream stream{std::string(request)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(std::move(word));
  return words;
}

std::string reload_line(const ReloadResult& result) {
  return to_line({{"ok", result.ok},
                  {"generation", result.generation},
                  {"diagnostics", result.diagnostics},
                  {"restart_needed", result.restart_needed}});
}

std::string client_line(DaemonContext& daemon, const std::string& address_text,
                        const std::string& listener_name) {
  const auto address = IpAddress::parse(address_text);
  if (!address) {
    return error_line(in_quotes(address_text) + ' ' + std::string(describe(address.error())));
  }
  const auto active = daemon.policy.current();
  const auto& listeners = active->policy->listeners();
  const auto found = std::ranges::find(listeners, listener_name, &Listener::name);
  if (found == listeners.end()) return error_line("no listener " + in_quotes(listener_name));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const Verdict verdict = active->policy->evaluate_connect(
      static_cast<ListenerIndex>(found - listeners.begin()), {*address, {}}, now);
  const ConnectionClaim claim =
      connection_claim(*active->policy, active->gauges, *address, verdict);
  Json json{
      {"ok", true},
      {"address", address->to_string()},
      {"network", claim.client_network.to_string()},
      {"listener", listener_name},
      {"connections", daemon.connections.client_connections(claim.listener, claim.client_network)}};
  const bool unlimited = verdict.decided_by == DecidedBy::exempt || !claim.max_per_client;
  json["allowed"] = verdict.enforced() != Disposition::proceed ? Json(0)
                    : unlimited                                ? Json(nullptr)
                                                               : Json(*claim.max_per_client);
  return to_line(json);
}

std::string hits_line(DaemonContext& daemon, const std::string& class_name) {
  auto line = hits_json(daemon, class_name);
  return line ? *std::move(line) : error_line("no class " + in_quotes(class_name));
}

}  // namespace

void answer_request(DaemonContext& daemon, Reloader& reloader, std::string_view request,
                    ControlSocket::Reply reply) {
  const std::vector<std::string> words = words_of(request);
  const std::string command = words.empty() ? std::string() : words[0];
  if (command == "status" && words.size() == 1) return reply(status_json(daemon));
  const bool forced = words.size() == 2 && words[1] == "force";
  if (command == "reload" && (words.size() == 1 || forced)) {
    return reloader.request(forced, [reply = std::move(reply)](const ReloadResult& result) {
      reply(reload_line(result));
    });
  }
  if (command == "diff" && words.size() == 1) {
    return reloader.request_dry_run(
        [reply = std::move(reply)](const DryRun& result) { reply(dry_run_json(result)); });
  }
  if (command == "client" && words.size() == 3) {
    return reply(client_line(daemon, words[1], words[2]));
  }
  if (command == "hits" && words.size() == 2) return reply(hits_line(daemon, words[1]));
  if (command == "peers" && words.size() == 1) return reply(peers_json(daemon));
  reply(error_line(in_quotes(request) +
                   " is no request; there are: status, reload, reload force, diff, "
                   "client ADDRESS LISTENER, hits CLASS, peers"));
}

}  // namespace portcullis
