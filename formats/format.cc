#include "formats/format.h"

#include <algorithm>
#include <array>

#include "formats/csv.h"
#include "formats/drop.h"
#include "formats/hosts_allow.h"
#include "formats/imail.h"
#include "formats/imail_kill.h"
#include "formats/ipset.h"
#include "formats/json.h"
#include "formats/native.h"
#include "formats/netset.h"
#include "formats/nft.h"
#include "formats/postfix_cidr.h"
#include "formats/rspamd.h"
#include "formats/sendmail_access.h"
#include "formats/symantec.h"
#include "formats/text_lines.h"
#include "formats/trend.h"

namespace portcullis {
namespace {

constexpr std::array kFormats = {
    ListFormat{.name = "native",
               .read = read_native,
               .write = write_native,
               .help = "a list of portcullis: address, network or range, fields, comment"},
    ListFormat{.name = "trend",
               .read = read_trend,
               .write = write_trend,
               .help = "Trend Micro IMSVA, IMSS, DDEI: address, address:mask, IPv6/length"},
    ListFormat{.name = "symantec",
               .read = read_symantec,
               .write = write_symantec,
               .help = "Symantec Messaging Gateway: addresses, networks, domains; any delimiter"},
    ListFormat{.name = "imail",
               .read = read_imail,
               .write = write_imail,
               .help = "Ipswitch IMail, Control Access and White List: address, mask or range"},
    ListFormat{.name = "imail-kill",
               .read = read_imail_kill,
               .write = write_imail_kill,
               .help = "Ipswitch IMail, kill.lst: user@host, @host, @*suffix"},
    ListFormat{.name = "csv",
               .read = read_csv,
               .write = write_csv,
               .help = "a table with the columns address, comment, expires (RFC 4180)"},
    ListFormat{.name = "json",
               .read = read_json,
               .write = write_json,
               .help = "objects with address, comment, expires, action: an array or JSON lines",
               .ends_itself = true},
    ListFormat{.name = "drop",
               .read = read_drop,
               .help = "Spamhaus DROP, text or JSON lines (read only)",
               .ends_itself = true},
    ListFormat{.name = "netset",
               .read = read_netset,
               .help = "FireHOL .netset and .ipset files (read only)"},
    ListFormat{.name = "ipset",
               .read = read_ipset,
               .write = write_ipset,
               .help = "ipset save: sets of the Linux packet filter"},
    ListFormat{.name = "nft",
               .read = read_nft,
               .write = write_nft,
               .help = "nftables: named sets, as text or (read only) as JSON",
               .ends_itself = true},
    ListFormat{.name = "postfix-cidr",
               .read = read_postfix_cidr,
               .write = write_postfix_cidr,
               .help = "Postfix, cidr_table(5) for check_client_access or postscreen"},
    ListFormat{.name = "sendmail-access",
               .read = read_sendmail_access,
               .write = write_sendmail_access,
               .help = "Sendmail, the text of its access map"},
    ListFormat{
        .name = "rspamd", .read = read_rspamd, .write = write_rspamd, .help = "rspamd, an ip map"},
    ListFormat{.name = "hosts-allow",
               .read = read_hosts_allow,
               .help = "TCP wrappers, hosts.allow and hosts.deny"},
};

constexpr std::size_t kMaxQuoted = 60;

bool ends_within_a_line(std::string_view text) {
  return !text.empty() && text.back() != '\n' && text.back() != '\r';
}

TextLine last_line(std::string_view text) {
  TextLine last;
  TextLines lines(text);
  while (const auto line = lines.next()) last = *line;
  return last;
}

}  // namespace

std::span<const ListFormat> list_formats() {
  return kFormats;
}

const ListFormat* find_list_format(std::string_view name) {
  const auto found = std::ranges::find(kFormats, name, &ListFormat::name);
  return found == kFormats.end() ? nullptr : &*found;
}

ListReading read_as(const ListFormat& format, std::string_view text, const ReadOptions& options) {
  ListReading reading = format.read(text, options);
  if (format.ends_itself || !ends_within_a_line(text)) return reading;
  reading.feed.cut_short = true;
  const TextLine last = last_line(text);
  reading.diagnostics.warning(
      options.file, last.number, std::string(last.text.substr(0, kMaxQuoted)),
      "is the last line and has no line end: it may have been cut off",
      "get the list again; if it is complete, end its last line, or use --force");
  return reading;
}

std::vector<const ListFormat*> formats_that_fit(std::string_view text, const ReadOptions& options) {
  std::vector<const ListFormat*> fitting;
  for (const ListFormat& format : kFormats) {
    const ListReading reading = format.read(text, options);
    if (reading.entries.empty() || reading.diagnostics.errors() > 0 ||
        reading.diagnostics.warnings() > 0) {
      continue;
    }
    fitting.push_back(&format);
  }
  return fitting;
}

}  // namespace portcullis
