#include "formats/nft.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "formats/nft_sets.h"

namespace portcullis {
namespace {

constexpr std::uint64_t kHundredYears = 100ULL * 365 * 24 * 3600;

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};
constexpr std::array kUnits = {Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"ms", 1},
                               Unit{"m", 60'000}, Unit{"s", 1'000}};

void add_element(Reading& reading, const NftSet& set, const NftElement& element,
                 std::vector<ListEntry>& entries) {
  if (!element.problem.reason.empty()) {
    reading.refuse(element.line, element.value, element.problem);
    return;
  }
  if (element.value == "*" || element.value.ends_with("/0")) {
    reading.refuse(element.line, element.value,
                   {"is everyone: an entry that covers every address is no entry",
                    "set default = accept or default = deny of the listener"});
    return;
  }
  const auto listed = read_element(reading, element.value, *set.declared.family, element.line);
  if (!listed) return;
  ListEntry entry;
  entry.listed = *listed;
  entry.comment = Reading::comment(element.comment);
  entry.line = element.line;
  // What is left; else, of an element that was never loaded, all of its time.
  auto left = element.expires ? element.expires : element.timeout;
  if (!left) left = set.timeout;
  const bool for_good = !left || (element.timeout && *element.timeout == 0 && !element.expires);
  if (!for_good) entry.expires = reading.options().now + std::chrono::seconds(*left);
  entries.push_back(std::move(entry));
}

void add_set(Reading& reading, const NftSet& set) {
  const bool untyped = !set.declared.family && set.declared.problem.reason.empty();
  const Problem problem = untyped
                              ? Problem{"has no type", "list the set as it is: nft list set ..."}
                              : set.declared.problem;
  if (!problem.reason.empty()) {
    reading.refuse(
        set.declared.line, set.declared.name,
        {fmt::format("{}: not read, with {}", problem.reason, count_elements(set.elements.size())),
         problem.repair});
    return;
  }
  std::vector<ListEntry> entries;
  for (const NftElement& element : set.elements) add_element(reading, set, element, entries);
  refuse_everyone(reading, entries);
  for (ListEntry& entry : entries) reading.add(std::move(entry));
}

bool is_json(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && (text[start] == '{' || text[start] == '[');
}

}  // namespace

std::optional<AddressFamily> nft_family(std::string_view type) {
  if (type == "ipv4_addr" || type == "ip saddr" || type == "ip daddr") return AddressFamily::ipv4;
  if (type == "ipv6_addr" || type == "ip6 saddr" || type == "ip6 daddr") return AddressFamily::ipv6;
  return {};
}

Problem not_of_addresses(std::string_view type) {
  return {fmt::format("is a set of {}", type), "known types: ipv4_addr, ipv6_addr"};
}

std::optional<std::uint64_t> parse_nft_time(std::string_view text) {
  if (text == "never") return 0;
  if (text.empty()) return {};
  std::uint64_t total = 0;
  while (!text.empty()) {
    std::uint32_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc()) return {};
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    const auto* unit = std::ranges::find_if(
        kUnits, [&](const Unit& candidate) { return text.starts_with(candidate.name); });
    if (unit == kUnits.end()) return {};
    text.remove_prefix(unit->name.size());
    total += number * unit->milliseconds;
    if (total / 1000 > kHundredYears) return {};
  }
  return total / 1000;
}

ListReading read_nft(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  if (text.find('\0') != std::string_view::npos) {
    reading.refuse(0, {}, {"holds a NUL byte", "write plain text"});
    return reading.take();
  }
  const std::vector<NftSet> sets =
      is_json(text) ? find_nft_json_sets(reading, text) : find_nft_text_sets(reading, text);
  if (sets.empty() && reading.has_refused()) return reading.take();
  std::vector<DeclaredSet> declared;
  declared.reserve(sets.size());
  for (const NftSet& set : sets) declared.push_back(set.declared);
  for (const std::size_t i : select_sets(reading, declared, options.set, kNftNaming)) {
    add_set(reading, sets[i]);
  }
  return reading.take();
}

}  // namespace portcullis
