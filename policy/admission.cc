#include "policy/admission.h"

namespace portcullis {
namespace {

const SmtpReply& over_limit_reply(Limit limit) {
  static const SmtpReply client =
      SmtpReply::known("421 4.7.0 Too many connections from your network, try again later");
  static const SmtpReply server =
      SmtpReply::known("421 4.3.2 Too many connections, try again later");
  return limit == Limit::client ? client : server;
}

IpPrefix client_network(const Listener& listener, IpAddress address) {
  return {address, address.is_ipv4() ? listener.client_prefix_ipv4 : listener.client_prefix_ipv6};
}

std::optional<std::uint32_t> limit_value(const ConnectionClaim& claim, Limit limit) {
  switch (limit) {
    case Limit::client:
      return claim.max_per_client;
    case Limit::client_class:
      return claim.max_per_class;
    case Limit::listener:
    case Limit::reserved:
      return claim.max_per_listener;
  }
  return std::nullopt;
}

void add_limit_steps(Steps& steps, const ConnectionClaim& claim, std::optional<Limit> exceeded) {
  for (const Limit limit : {Limit::client, Limit::client_class, Limit::listener}) {
    const auto allowed = limit_value(claim, limit);
    if (!allowed) continue;
    const bool here =
        exceeded == limit || (limit == Limit::listener && exceeded == Limit::reserved);
    steps.add({.kind = here ? StepKind::limit_exceeded : StepKind::limit_passed,
               .limit = here ? *exceeded : limit,
               .number = *allowed});
    if (here) return;
  }
}

bool is_counted(const Verdict& verdict) {
  return !verdict.local && verdict.decided_by != DecidedBy::exempt &&
         verdict.enforced() == Disposition::proceed;
}

}  // namespace

GaugeBinding bind_gauges(const Policy& policy, ConnectionTable& connections) {
  GaugeBinding binding;
  for (const ClientClass& client_class : policy.classes()) {
    binding.classes.push_back(connections.class_gauge(client_class.name));
  }
  for (std::size_t l = 0; l < policy.listeners().size(); ++l) {
    binding.listeners.push_back(connections.listener_gauge(policy.listeners()[l].name));
    std::vector<Reservation>& reservations = binding.reservations.emplace_back();
    for (std::size_t c = 0; c < policy.classes().size(); ++c) {
      const ClientClass& client_class = policy.classes()[c];
      if (client_class.reserved_connections == 0 ||
          !client_class.in_force_on(static_cast<ListenerIndex>(l))) {
        continue;
      }
      reservations.push_back({binding.classes[c], client_class.reserved_connections});
    }
  }
  return binding;
}

ConnectionClaim connection_claim(const Policy& policy, const GaugeBinding& binding,
                                 IpAddress address, const Verdict& verdict) {
  const auto l = static_cast<std::size_t>(verdict.listener);
  const Listener& listener = policy.listener(verdict.listener);
  ConnectionClaim claim;
  claim.listener = binding.listeners[l];
  claim.client_network = client_network(listener, address);
  claim.max_per_client = listener.max_connections_per_client;
  claim.max_per_listener = listener.max_connections;
  claim.reservations = binding.reservations[l];
  claim.observe = verdict.mode == Mode::observe;
  if (verdict.client_class) {
    const ClientClass& client_class = policy.client_class(*verdict.client_class);
    claim.client_class = binding.classes[static_cast<std::size_t>(*verdict.client_class)];
    claim.max_per_class = client_class.max_connections;
    if (client_class.max_connections_per_client) {
      claim.max_per_client = *client_class.max_connections_per_client;
    }
  }
  return claim;
}

ConnectionTable::Lease admit(const Policy& policy, const GaugeBinding& binding,
                             ConnectionTable& connections, IpAddress address, Verdict& verdict) {
  if (!is_counted(verdict)) {
    if (verdict.decided_by == DecidedBy::exempt) {
      verdict.steps.add({.kind = StepKind::exempt_not_counted});
    }
    return {};
  }
  const ConnectionClaim claim = connection_claim(policy, binding, address, verdict);
  ConnectionTable::Grant grant = connections.acquire(claim);
  // A client that is denied, but only observed, is there and counts; its verdict is made.
  if (verdict.disposition == Disposition::proceed) {
    add_limit_steps(verdict.steps, claim, grant.exceeded);
  }
  if (grant.exceeded && verdict.disposition == Disposition::proceed) {
    verdict.disposition = Disposition::tempfail;
    verdict.exceeded = grant.exceeded;
    verdict.reply = &over_limit_reply(*grant.exceeded);
    verdict.answer_at = AnswerAt::connect;
    if (claim.observe) verdict.steps.add({.kind = StepKind::observed});
  }
  if (grant.lease) verdict.steps.add({.kind = StepKind::counted});
  return std::move(grant.lease);
}

}  // namespace portcullis
