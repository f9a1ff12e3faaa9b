#include "cli/judged_clients.h"

#include <algorithm>

namespace portcullis {
namespace {

Judgement judge(const Policy& policy, ListenerIndex listener, const SeenClient& client, Time at) {
  const Verdict verdict = policy.evaluate_connect(listener, {client.address, client.name}, at);
  Judgement judgement{treatment_of(policy, client.address, verdict), std::nullopt};
  if (verdict.entry) judgement.entry = policy.describe(*verdict.entry);
  return judgement;
}

ListenerIndex listener_of_service(const Policy& policy, const std::string& service) {
  return find_listener(policy.listeners(), {.name = service, .address = {}, .port = {}}).listener;
}

ListenerIndex same_listener(const Policy& other, const std::string& name,
                            const std::string& service) {
  const auto found = std::ranges::find(other.listeners(), name, &Listener::name);
  if (found == other.listeners().end()) return listener_of_service(other, service);
  return static_cast<ListenerIndex>(found - other.listeners().begin());
}

}  // namespace

JudgedClients judge_clients(const std::vector<SeenClient>& clients, const JudgeSettings& settings) {
  JudgedClients judged;
  for (const SeenClient& client : clients) {
    ++judged.all_clients;
    judged.all_connections += client.times;
    const ListenerIndex listener =
        settings.listener.value_or(listener_of_service(*settings.policy, client.service));
    const std::string& name = settings.policy->listener(listener).name;
    JudgedClient one{client, name, judge(*settings.policy, listener, client, settings.at), {}};
    if (settings.against) {
      const ListenerIndex there = same_listener(*settings.against, name, client.service);
      one.against = judge(*settings.against, there, client, settings.at);
      if (one.judgement.treatment.has_same_verdict(one.against->treatment)) continue;
    }
    judged.clients.push_back(std::move(one));
  }
  return judged;
}

}  // namespace portcullis
