#include "formats/filter_sets.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "formats/plain_network.h"

namespace portcullis {
namespace {

bool are_halves(const DeclaredSet& a, const DeclaredSet& b, const SetNaming& naming) {
  if (a.family != AddressFamily::ipv4 || b.family != AddressFamily::ipv6) return false;
  if (!a.name.ends_with(naming.ipv4_suffix)) return false;
  const auto list = a.name.substr(0, a.name.size() - naming.ipv4_suffix.size());
  return b.name == list + std::string(naming.ipv6_suffix);
}

std::string names_of(std::span<const DeclaredSet> sets) {
  constexpr std::size_t kMost = 10;
  std::string names;
  for (const DeclaredSet& set : sets.first(std::min(sets.size(), kMost))) {
    names += (names.empty() ? "" : ", ") + set.name;
  }
  return sets.size() > kMost ? names + ", ..." : names;
}

std::vector<std::size_t> by_name(std::span<const DeclaredSet> sets, std::string_view name,
                                 const SetNaming& naming) {
  const std::string ipv4 = std::string(name) + std::string(naming.ipv4_suffix);
  const std::string ipv6 = std::string(name) + std::string(naming.ipv6_suffix);
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const bool half = (sets[i].name == ipv4 && sets[i].family == AddressFamily::ipv4) ||
                      (sets[i].name == ipv6 && sets[i].family == AddressFamily::ipv6);
    if (half || sets[i].name == name) found.push_back(i);
  }
  return found;
}

bool is_choice(std::span<const DeclaredSet> sets, const std::vector<std::size_t>& found,
               const SetNaming& naming) {
  if (found.size() < 2) return false;
  const auto& first = sets[found[0]];
  const auto& second = sets[found[1]];
  return found.size() > 2 ||
         !(are_halves(first, second, naming) || are_halves(second, first, naming));
}

void note_others(Reading& reading, std::span<const DeclaredSet> sets,
                 const std::vector<std::size_t>& found) {
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (std::ranges::find(found, i) != found.end()) continue;
    reading.note(
        sets[i].line, sets[i].name,
        {fmt::format("is another set: not read, with {}", count_elements(sets[i].elements)), {}});
  }
}

// The two networks of length 1 of a family.
struct Halves {
  IpPrefix low;
  IpPrefix high;
};
Halves halves_of(AddressFamily family) {
  const AddressBits top = static_cast<AddressBits>(1) << 127;
  return {IpPrefix(IpAddress::from_bits(0, family), 1),
          IpPrefix(IpAddress::from_bits(top, family), 1)};
}

bool holds(const std::vector<ListEntry>& entries, const IpPrefix& network) {
  return std::ranges::find(entries, Listed(network), &ListEntry::listed) != entries.end();
}

}  // namespace

std::string count_elements(std::size_t count) {
  return fmt::format("{} element{}", count, count == 1 ? "" : "s");
}

std::vector<std::size_t> select_sets(Reading& reading, std::span<const DeclaredSet> sets,
                                     std::string_view wanted, const SetNaming& naming) {
  std::vector<std::size_t> found;
  if (wanted.empty()) {
    for (std::size_t i = 0; i < sets.size(); ++i) found.push_back(i);
  } else {
    found = by_name(sets, wanted, naming);
  }
  if (found.empty()) {
    reading.refuse(0, wanted,
                   wanted.empty() ? Problem{"holds no set", {}}
                                  : Problem{"is the name of no set in this text",
                                            fmt::format("there is {}", names_of(sets))});
    return {};
  }
  if (is_choice(sets, found, naming)) {
    reading.refuse(sets[found[1]].line, sets[found[1]].name,
                   {fmt::format("is one of {} sets, and only one list is read: {}", found.size(),
                                names_of(sets)),
                    wanted.empty() ? "name the one that is meant: --set NAME"
                                   : "save the table that is meant by itself"});
    return {};
  }
  note_others(reading, sets, found);
  return found;
}

std::optional<Listed> read_element(Reading& reading, std::string_view text, AddressFamily family,
                                   std::uint32_t line) {
  const std::size_t hyphen = text.find('-');
  const bool plain =
      is_plain_network(text.substr(0, hyphen)) &&
      (hyphen == std::string_view::npos || is_plain_network(text.substr(hyphen + 1)));
  if (!plain) {
    reading.refuse(line, text, {"is no address, network or range, as elements of a set are", {}});
    return {};
  }
  ListEntry like;
  like.line = line;
  if (!reading.add_text(text, std::move(like))) return {};
  Listed listed = reading.take_last().listed;
  const auto* range = std::get_if<AddressRange>(&listed);
  const AddressFamily found =
      range != nullptr ? range->first.family() : std::get<IpPrefix>(listed).family();
  if (found == family) return listed;
  const bool mapped = family == AddressFamily::ipv6 && text.find(':') != std::string_view::npos;
  if (mapped) {
    reading.note(line, text,
                 {fmt::format("is IPv4-mapped, and read as {}: here IPv4 clients are IPv4",
                              to_string(listed)),
                  {}});
    return listed;
  }
  reading.refuse(line, text,
                 {fmt::format("is not of the family of its set, which is {}",
                              family == AddressFamily::ipv4 ? "IPv4" : "IPv6"),
                  {}});
  return {};
}

void refuse_everyone(Reading& reading, std::vector<ListEntry>& entries) {
  for (const AddressFamily family : {AddressFamily::ipv4, AddressFamily::ipv6}) {
    const Halves halves = halves_of(family);
    if (!holds(entries, halves.low) || !holds(entries, halves.high)) continue;
    std::erase_if(entries, [&](const ListEntry& entry) {
      const bool half = entry.listed == Listed(halves.low) || entry.listed == Listed(halves.high);
      if (half) {
        reading.refuse(
            entry.line, to_string(entry.listed),
            {fmt::format(
                 "is everyone together with {}",
                 (entry.listed == Listed(halves.low) ? halves.high : halves.low).to_string()),
             "set default = accept or default = deny of the listener"});
      }
      return half;
    });
  }
}

std::string set_comment(std::string_view comment, std::size_t limit) {
  std::string kept(comment);
  std::ranges::replace(kept, '"', '\'');
  if (kept.size() <= limit) return kept;
  std::size_t end = limit;
  // Bytes 10xxxxxx continue a character of UTF-8.
  while (end > 0 && (static_cast<unsigned char>(kept[end]) & 0xc0) == 0x80) --end;
  kept.resize(end);
  return kept;
}

}  // namespace portcullis
