#pragma once

#include "formats/format.h"

namespace portcullis {

// Spamhaus DROP, read only, as text ("1.10.16.0/20 ; SBL256894", comments after ";", "; EOF" last)
// or as JSON lines ({"cidr":...,"sblid":...}, {"type":"metadata",...} last); the first line that
// holds anything says which. The SBL number becomes the comment. Sources: the conversion recipe of
// Spamhaus in github.com/firehol/blocklist-ipsets/issues/329, and that EDROP is now part of DROP.
ListReading read_drop(std::string_view text, const ReadOptions& options);

}  // namespace portcullis
