#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/client_census.h"
#include "policy/client_treatment.h"
#include "policy/policy.h"

namespace portcullis {

// What one policy says of one client.
struct Judgement {
  ClientTreatment treatment;
  std::optional<EntryDescription> entry;  // the deciding one
};

struct JudgedClient {
  SeenClient client;
  std::string listener;
  Judgement judgement;
  std::optional<Judgement> against;  // what the other policy says, if there is one
};

struct JudgedClients {
  std::vector<JudgedClient> clients;  // with another policy only those whose verdict differs
  std::uint64_t all_clients = 0;
  std::uint64_t all_connections = 0;
};

// Which policies are asked, on which listener and for what time.
struct JudgeSettings {
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<const Policy> against;  // may be null
  // Empty: the one whose daemon_name is the client's service, else the first inbound.
  std::optional<ListenerIndex> listener;
  Time at;
};

// Asks as the daemon does, for every client. The other policy is asked on its listener of the same
// name; if it has none, on the one that it would take the client's service for.
JudgedClients judge_clients(const std::vector<SeenClient>& clients, const JudgeSettings& settings);

}  // namespace portcullis
