#pragma once

#include <vector>

#include "config/class_section.h"
#include "config/listener_section.h"
#include "config/mta_settings.h"
#include "config/section.h"

namespace portcullis {

// What the sections say of the host MTA: the options of [listener NAME] that the MTA delivers, and
// [mta], [certificate NAME], [outgoing], [route NAME] and [authentication]; and which
// listeners have clients that the milter counts. Reports values that are
// none, and names that nothing has.
MtaSettings read_mta_settings(const std::vector<Section>& sections,
                              const std::vector<ReadListener>& listeners,
                              const std::vector<ReadClass>& classes, Diagnostics& diagnostics);

}  // namespace portcullis
