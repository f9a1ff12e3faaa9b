#pragma once

#include <cstddef>
#include <vector>

#include "config/class_section.h"
#include "config/listener_section.h"

namespace portcullis {

// What can only be seen when listeners and classes stand side by side.

// 421 and answer_at = drop go together: only a 421 makes both MTAs hang up, and they do so on every
// 421. Takes into account that a class without answer_at answers as the listener does.
void check_replies(const std::vector<ReadListener>& listeners,
                   const std::vector<ReadClass>& classes);

// reserved_connections against the max_connections that they are taken from.
void check_reservations(const std::vector<ReadListener>& listeners,
                        const std::vector<ReadClass>& classes);

// A listener with default = deny that nobody may connect to. `entries` are those of each class.
void check_somebody_may_connect(const std::vector<ReadListener>& listeners,
                                const std::vector<ReadClass>& classes,
                                const std::vector<std::size_t>& entries);

}  // namespace portcullis
