#pragma once

#include <vector>

#include "config/section.h"
#include "policy/listener.h"

namespace portcullis {

struct ReadListener {
  const Section* section = nullptr;
  Listener listener;
};

// The [listener NAME] sections, each checked alone. `sections` must outlive the result.
std::vector<ReadListener> read_listener_sections(const std::vector<Section>& sections);

// What two listeners must not have in common, or the MTA's connections could not be told apart.
void check_listeners_differ(const std::vector<ReadListener>& listeners);

}  // namespace portcullis
