#pragma once

#include "config/daemon_settings.h"
#include "config/section.h"

namespace portcullis {

DaemonSettings read_daemon_section(const Section& section);

}  // namespace portcullis
