#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "config/time_text.h"

#include "formats/address_ranges.h"
#include "formats/disjoint_entries.h"
#include "formats/nft.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

constexpr std::size_t kMaxName = 128;     // well below NFT_SET_MAXNAMELEN, 256
constexpr std::size_t kMaxComment = 128;  // "comment too long, 128 characters maximum allowed"
constexpr std::string_view kTable = "inet portcullis";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string to_text(const AddressRange& addresses) {
  const std::vector<IpPrefix> cover = cover_range(addresses.first, addresses.last);
  return cover.size() == 1 ? cover.front().to_string() : to_string(Listed(addresses));
}

// With days: nft takes no number of more than eight digits.
std::string to_nft_time(std::chrono::seconds left) {
  const auto count = left.count();
  return fmt::format("{}d{}h{}m{}s", count / 86400, count / 3600 % 24, count / 60 % 60, count % 60);
}

class NftTable {
 public:
  explicit NftTable(const WriteOptions& options)
      : writing_("an nftables set", options), options_(options) {}

  ListWriting write(std::span<const ListEntry> entries) {
    if (!has_usable_name()) return writing_.take();
    const std::vector<ListEntry> kept = keep(entries);
    const std::vector<DisjointEntry> elements = disjoint_entries(kept, options_.action);
    writing_.text() += fmt::format("table {} {{\n", kTable);
    declare(AddressFamily::ipv4);
    declare(AddressFamily::ipv6);
    writing_.text() += fmt::format("}}\nflush set {0} {1}\nflush set {0} {2}\n", kTable,
                                   set_name(AddressFamily::ipv4), set_name(AddressFamily::ipv6));
    write_elements(AddressFamily::ipv4, elements);
    write_elements(AddressFamily::ipv6, elements);
    return writing_.take();
  }

 private:
  bool has_usable_name() {
    const std::string& name = options_.name;
    const bool fits = !name.empty() && name.size() <= kMaxName && is_letter(name.front()) &&
                      std::ranges::all_of(name, is_name_character);
    if (!fits) {
      writing_.refuse(
          name,
          fmt::format("is no name for a set: 1 to {} letters, digits and _ - ., a letter "
                      "first",
                      kMaxName),
          "give another --name");
    }
    return fits;
  }

  std::vector<ListEntry> keep(std::span<const ListEntry> entries) {
    std::vector<ListEntry> kept;
    for (const ListEntry& entry : entries) {
      if (!writing_.names_addresses(entry) || !writing_.is_in_force(entry)) continue;
      if (entry.expires && writing_.action_of(entry) != options_.action) {
        writing_.lose(entry, fmt::format("is left out of the set for good, not until {}",
                                         time_text(*entry.expires)));
      }
      if (entry.comment.size() > kMaxComment) {
        writing_.lose(entry, fmt::format("has its comment cut to {} bytes", kMaxComment));
      }
      kept.push_back(entry);
    }
    return kept;
  }

  std::string set_name(AddressFamily family) const {
    return options_.name + std::string(family == AddressFamily::ipv4 ? kNftNaming.ipv4_suffix
                                                                     : kNftNaming.ipv6_suffix);
  }

  // Always with timeouts: a set that is there already cannot get them later.
  void declare(AddressFamily family) {
    writing_.text() +=
        fmt::format("\tset {} {{\n\t\ttype {}\n\t\tflags interval,timeout\n\t}}\n",
                    set_name(family), family == AddressFamily::ipv4 ? "ipv4_addr" : "ipv6_addr");
  }

  void write_elements(AddressFamily family, const std::vector<DisjointEntry>& elements) {
    bool first = true;
    for (const DisjointEntry& element : elements) {
      if (element.addresses.first.family() != family) continue;
      writing_.text() += first ? fmt::format("add element {} {} {{\n", kTable, set_name(family))
                               : std::string(",\n");
      first = false;
      write_element(element);
    }
    if (!first) writing_.text() += "\n}\n";
  }

  void write_element(const DisjointEntry& element) {
    std::string& text = writing_.text();
    text += '\t' + to_text(element.addresses);
    if (element.entry->expires) {
      text += " timeout " + to_nft_time(*element.entry->expires - options_.now);
    }
    const std::string comment = set_comment(element.entry->comment, kMaxComment);
    if (!comment.empty()) text += fmt::format(" comment \"{}\"", comment);
  }

  Writing writing_;
  const WriteOptions& options_;
};

}  // namespace

ListWriting write_nft(std::span<const ListEntry> entries, const WriteOptions& options) {
  return NftTable(options).write(entries);
}

}  // namespace portcullis
