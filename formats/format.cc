#include "formats/format.h"

#include <algorithm>
#include <array>

#include "formats/drop.h"
#include "formats/ipset.h"
#include "formats/native.h"
#include "formats/netset.h"
#include "formats/nft.h"

namespace portcullis {
namespace {

constexpr std::array kFormats = {
    ListFormat{.name = "native",
               .read = read_native,
               .write = write_native,
               .help = "a list of portcullis: address, network or range, fields, comment"},
    ListFormat{
        .name = "drop", .read = read_drop, .help = "Spamhaus DROP, text or JSON lines (read only)"},
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
               .help = "nftables: named sets, as text or (read only) as JSON"},
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
