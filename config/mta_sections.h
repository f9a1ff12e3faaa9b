#pragma once

#include <vector>

#include "config/listener_section.h"
#include "config/mta_settings.h"
#include "config/section.h"

namespace portcullis {

// What the sections say of the host MTA: the options of [listener NAME] that the MTA delivers, and
// [mta], [certificate NAME], [outgoing], [route NAME] and [authentication]. Reports values that are
// none, and names that nothing has.
MtaSettings read_mta_settings(const std::vector<Section>& sections,
                              const std::vector<ReadListener>& listeners, Diagnostics& diagnostics);

}  // namespace portcullis
