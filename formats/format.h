#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

#include "formats/list_entry.h"

namespace portcullis {

// What a text says of itself: feeds tell how much there should be of them.
struct FeedFacts {
  std::string name;                             // of the list
  std::string source;                           // where it is published
  std::optional<std::size_t> declared_entries;  // a record count
  bool cut_short = false;                       // the text ends before its last line, or within it
  std::optional<Time> made_at;                  // by its header or metadata
  std::optional<Time> expires;                  // not to be used any more after this
  std::vector<std::string> terms;  // copyright and terms, to be kept beside the entries
};

// What a reader made of a text. Every line that holds anything is in one of them:
//   entries       what was read, in the order of the text, duplicates and all
//   diagnostics   error: a line that was refused, and left out; warning: one that was read, but not
//                 as it is written (a repair); note: worth knowing, such as a reading of two
struct ListReading {
  std::vector<ListEntry> entries;
  Diagnostics diagnostics;
  FeedFacts feed;
};

struct ReadOptions {
  std::string file = "-";  // the name of the text in diagnostics
  Time now{};              // what relative times (ipset timeout, nft expires) count from
  // Refused instead of repaired: host bits that are set; rspamd: text that is no score.
  bool strict = false;
  // symantec: "example.com" is the domain and all below it instead of that name alone.
  bool domains_cover_subdomains = false;
  // hosts-allow: the daemons whose lines are read.
  std::vector<std::string> daemons = {"ALL", "smtpd", "sm-mta", "sendmail", "postfix"};
  // ipset, nft: the set that is read, with its half of the other address family (filter_sets.h);
  // empty: the only one there is.
  std::string set;
};

// The table that a Postfix list is made for: their words for one action differ.
enum class PostfixTable : std::uint8_t {
  client_access,  // check_client_access: REJECT, DUNNO
  postscreen      // postscreen_access_list: reject, permit
};

struct WriteOptions {
  std::string file = "-";        // the name of the list in diagnostics
  Action action = Action::deny;  // of the class: what an entry without an action of its own means
  std::string name = "portcullis";  // ipset, nft: of the set
  Time now{};                       // what relative times count from
  PostfixTable postfix_table = PostfixTable::client_access;
  bool compressed_ipv6 = false;  // sendmail-access: for a Sendmail built with
                                 // confUSE_COMPRESSED_IPV6_ADDRESSES
  // Entries that expire, in a format that cannot say so: written for good instead of left out.
  bool keep_expiring = false;
};

// What a writer made of entries. Diagnostics carry the line of the entry they are about.
//   warning       a loss: this part of the list is not in the text, or not all of it
//   error         refused: `text` is empty, because it would have meant more than the list does
// A text never matches a client that the entries do not; an entry is left out rather than widened.
struct ListWriting {
  std::string text;
  Diagnostics diagnostics;
};

using ListReader = ListReading (*)(std::string_view text, const ReadOptions& options);
using ListWriter = ListWriting (*)(std::span<const ListEntry> entries, const WriteOptions& options);

// One format. The table in format.cc is the only place that knows them all.
struct ListFormat {
  std::string_view name;  // as --format has it
  ListReader read = nullptr;
  ListWriter write = nullptr;  // nullptr: read only
  std::string_view help;       // one line: whose it is
  // Has an end of its own, a trailer or a closing bracket, which its reader looks for. The others
  // are whole if their last line has a line end.
  bool ends_itself = false;
};

std::span<const ListFormat> list_formats();

// nullptr if there is none of this name.
const ListFormat* find_list_format(std::string_view name);

// What the reader of `format` makes of the text. One that ends within a line is cut short, with a
// warning: half a line of most formats is a line too, and a network that lost a digit of its length
// a much larger network.
ListReading read_as(const ListFormat& format, std::string_view text, const ReadOptions& options);

// The formats whose readers take every line of the text without refusing or repairing one, and find
// at least one entry. Only a single one is an answer. Cost: every reader once.
std::vector<const ListFormat*> formats_that_fit(std::string_view text, const ReadOptions& options);

}  // namespace portcullis
