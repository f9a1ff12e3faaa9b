#include "cli/live_counts.h"

#include <chrono>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/control_client.h"
#include "cli/json_access.h"

namespace portcullis {
namespace {

constexpr std::chrono::seconds kPatience{2};

std::optional<std::uint64_t> connections_in(const Json& json) {
  const auto found = json.find("connections");
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

}  // namespace

std::optional<LiveCounts> live_counts(const std::string& policy_file, const Explanation& e) {
  if (!e.limits) return std::nullopt;
  const auto status = ask_daemon_of(policy_file, "status", kPatience);
  if (!status) return std::nullopt;
  const std::string& listener = e.policy->listener(e.verdict.listener).name;
  LiveCounts counts;
  counts.listener = connections_in(object_at(object_at(*status, "listeners"), listener.c_str()));
  if (e.verdict.client_class) {
    const std::string& name = e.policy->client_class(*e.verdict.client_class).name;
    counts.client_class = connections_in(object_at(object_at(*status, "classes"), name.c_str()));
  }
  const auto client = ask_daemon_of(
      policy_file, fmt::format("client {} {}", e.question.address->to_string(), listener),
      kPatience);
  // A daemon whose policy has networks of another size counts something else.
  if (client && string_at(*client, "network") == e.limits->client_network.to_string()) {
    counts.client = connections_in(*client);
  }
  return counts;
}

}  // namespace portcullis
