#pragma once

#include "formats/reading.h"

namespace portcullis {

// The two forms of a Spamhaus DROP list (drop.h).
void read_drop_text(Reading& reading, std::string_view text);
void read_drop_json(Reading& reading, std::string_view text);

}  // namespace portcullis
