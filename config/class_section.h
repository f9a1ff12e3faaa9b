#pragma once

#include <vector>

#include "config/listener_section.h"
#include "config/section.h"
#include "policy/client_class.h"

namespace portcullis {

struct ReadClass {
  const Section* section = nullptr;
  ClientClass client_class;
};

// The [class NAME] sections, each checked alone and against the listeners it names. `sections` must
// outlive the result.
std::vector<ReadClass> read_class_sections(const std::vector<Section>& sections,
                                           const std::vector<ReadListener>& listeners);

}  // namespace portcullis
