// Whether a limit of the MTA holds before ours does.

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "lint/listener_services.h"
#include "lint/questions.h"

namespace portcullis {
namespace {

using Services = std::vector<const MtaService*>;
using MtaLimitOf = std::optional<MtaLimit> MtaService::*;

// The limit that holds for a client of the service that allows most.
std::optional<MtaLimit> most(const Services& services, MtaLimitOf limit) {
  std::optional<MtaLimit> found;
  for (const MtaService* service : services) {
    const auto& own = service->*limit;
    if (!own) return {};
    if (!found || own->value > found->value) found = own;
  }
  return found;
}

// The processes of all services together.
std::optional<MtaLimit> sum(const Services& services) {
  std::optional<MtaLimit> found;
  for (const MtaService* service : services) {
    if (!service->max_connections) return {};
    if (!found) {
      found = service->max_connections;
    } else {
      found->value += service->max_connections->value;
    }
  }
  return found;
}

class HiddenLimits {
 public:
  HiddenLimits(const LintInput& input, Diagnostics& found)
      : input_(input), policy_(*input.loaded.policy), found_(found) {}

  void find() {
    for (std::size_t l = 0; l < policy_.listeners().size(); ++l) find_on_listener(l);
    for (std::size_t c = 0; c < policy_.classes().size(); ++c) find_of_class(c);
  }

 private:
  void find_on_listener(std::size_t l) {
    const Listener& listener = policy_.listeners()[l];
    const SectionPlace& place = input_.loaded.listeners[l];
    const Services services = services_of(policy_.listeners(), listener, input_.services);
    if (listener.max_connections) {
      compare("max_connections", listener.max_connections, place, sum(services));
    }
    compare("max_connections_per_client", listener.max_connections_per_client, place,
            most(services, &MtaService::max_connections_per_client));
  }

  void find_of_class(std::size_t c) {
    const ClientClass& client_class = policy_.classes()[c];
    const SectionPlace& place = input_.loaded.classes[c];
    Services services;
    for (std::size_t l = 0; l < policy_.listeners().size(); ++l) {
      if (!client_class.in_force_on(static_cast<ListenerIndex>(l))) continue;
      const auto own = services_of(policy_.listeners(), policy_.listeners()[l], input_.services);
      services.insert(services.end(), own.begin(), own.end());
    }
    if (client_class.max_connections) {
      compare("max_connections", client_class.max_connections, place, sum(services));
    }
    if (client_class.max_connections_per_client) {
      compare("max_connections_per_client", *client_class.max_connections_per_client, place,
              most(services, &MtaService::max_connections_per_client));
    }
  }

  // `ours` is nothing for "unlimited", which counts only if somebody wrote it.
  void compare(const char* option, std::optional<std::uint32_t> ours, const SectionPlace& place,
               const std::optional<MtaLimit>& theirs) {
    if (!theirs || !place.has(option) || (ours && *ours <= theirs->value)) return;
    const std::string value = ours ? fmt::format("{}", *ours) : "unlimited";
    found_.warning(
        input_.path, place.line_of(option), fmt::format("{} = {}", option, value),
        fmt::format("never holds: the MTA stops at {} by itself ({})", theirs->value,
                    theirs->setting),
        ours
            ? fmt::format("raise {} to {}, or write {} here", theirs->setting, *ours, theirs->value)
            : fmt::format("set {} to 0, or write {} here", theirs->setting, theirs->value),
        "hidden-limit");
  }

  const LintInput& input_;
  const Policy& policy_;
  Diagnostics& found_;
};

}  // namespace

void find_hidden_limits(const LintInput& input, Diagnostics& found) {
  HiddenLimits(input, found).find();
}

}  // namespace portcullis
