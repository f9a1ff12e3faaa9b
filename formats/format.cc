#include "formats/format.h"

#include <algorithm>
#include <array>

#include "formats/hosts_allow.h"
#include "formats/native.h"
#include "formats/postfix_cidr.h"
#include "formats/rspamd.h"
#include "formats/sendmail_access.h"

namespace portcullis {
namespace {

constexpr std::array kFormats = {
    ListFormat{.name = "native",
               .read = read_native,
               .write = write_native,
               .help = "a list of portcullis: address, network or range, fields, comment"},
    ListFormat{.name = "postfix-cidr",
               .read = read_postfix_cidr,
               .write = write_postfix_cidr,
               .help = "Postfix, cidr_table(5) for check_client_access or postscreen"},
    ListFormat{.name = "sendmail-access",
               .read = read_sendmail_access,
               .write = write_sendmail_access,
               .help = "Sendmail, the text of its access map"},
    // A plain list of ours is one of theirs too: it would never be certain.
    ListFormat{.name = "rspamd",
               .read = read_rspamd,
               .write = write_rspamd,
               .help = "rspamd, an ip map",
               .guessable = false},
    ListFormat{.name = "hosts-allow",
               .read = read_hosts_allow,
               .help = "TCP wrappers, hosts.allow and hosts.deny"},
};

}  // namespace

std::span<const ListFormat> list_formats() {
  return kFormats;
}

const ListFormat* find_list_format(std::string_view name) {
  const auto found = std::ranges::find(kFormats, name, &ListFormat::name);
  return found == kFormats.end() ? nullptr : &*found;
}

std::vector<const ListFormat*> formats_that_fit(std::string_view text, const ReadOptions& options) {
  std::vector<const ListFormat*> fitting;
  for (const ListFormat& format : kFormats) {
    if (!format.guessable) continue;
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
