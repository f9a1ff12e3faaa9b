#pragma once

#include "formats/format.h"

namespace portcullis {

// FireHOL's .netset and .ipset files, read only: a header in comments, then an IPv4 address or
// network on each line. The header gives the facts of the feed: its name, where its source is, how
// many entries there are, and when its source was last changed ("Source File Date", which shows
// what has gone stale, before "This File Date"). Source: update-ipsets of FireHOL.
ListReading read_netset(std::string_view text, const ReadOptions& options);

}  // namespace portcullis
