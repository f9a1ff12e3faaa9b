#pragma once

#include "formats/format.h"

namespace portcullis {

// The text of a Sendmail access map, which makemap(8) turns into the map of FEATURE(access_db)
// (cf/README, "ANTI-SPAM CONFIGURATION CONTROL"; rulesets D, A and check_relay of cf/m4/proto.m4).
//
// Reading. "Connect:" lines become entries: "Connect:10.1" is 10.1.0.0/16, and
// "Connect:example.com" covers that name and all below it. "ClientConn:" and "ClientRate:" are
// limits, which a class has and not an entry: reported with the settings that do the same. Other
// tags are noted. A key without a tag means clients, senders and recipients at once and is refused.
// What Sendmail never matches is repaired with a warning or refused, and so is what makemap
// refuses.
//
// Writing. Entries that deny get REJECT, those that permit get OK: it lets the client in, also past
// the DNS blocklists that the same Sendmail asks, and grants no relaying. RELAY would. SKIP is what
// an exception is made for, but a Sendmail whose access_db was not given `skip' takes the word for
// the text of a refusal: it would refuse whom the list permits. Networks between octets or groups
// become many keys, at most kMaxSendmailKeys for an entry. Sendmail asks for the name of a client
// before its address, we the other way round: names are written only where that makes no
// difference. A single host name would match names below it too, and is left out.
ListReading read_sendmail_access(std::string_view text, const ReadOptions& options);
ListWriting write_sendmail_access(std::span<const ListEntry> entries, const WriteOptions& options);

inline constexpr std::uint32_t kMaxSendmailKeys = 4096;

}  // namespace portcullis
