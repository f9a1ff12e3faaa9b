#pragma once

#include "formats/format.h"

namespace portcullis {

// kill.lst of Ipswitch IMail: senders that are refused at MAIL FROM, one on a line: "user@host",
// "@host", or "@*suffix", where the suffix is one of the text: "@*widget.com" is bluewidget.com
// too. No IP addresses, and no clients: what a class holds cannot be written here.
//
// Comments behind a # and a blank are read, though no manual knows them, and never written.
ListReading read_imail_kill(std::string_view text, const ReadOptions& options);
ListWriting write_imail_kill(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
