#include "formats/set_elements.h"

#include <utility>

#include <fmt/format.h>

#include "config/time_text.h"

#include "formats/address_ranges.h"
#include "formats/filter_sets.h"

namespace portcullis {
namespace {

void report(Reading& reading, const ListEntry& exception, bool used) {
  const std::string text = to_string(exception.listed);
  if (!used) {
    reading.note(exception.line, text,
                 {"is an exception (nomatch) that takes nothing out: no element is around it", {}});
  } else if (exception.expires) {
    reading.repair(exception.line, text,
                   {fmt::format("is an exception (nomatch) that expires at {}, and is cut out of "
                                "what is around it for good",
                                time_text(*exception.expires)),
                    {}});
  } else {
    reading.note(exception.line, text,
                 {"is an exception (nomatch), and is cut out of what is around it", {}});
  }
}

}  // namespace

void SetElements::add(Reading& reading, ListEntry entry, bool exception) {
  const IpPrefix network = std::get<IpPrefix>(entry.listed);
  const auto [place, added] = elements_.try_emplace(network);
  if (!added) {
    reading.repair(entry.line, network.to_string(),
                   {fmt::format("is in the set already, from line {}: this line replaces that one",
                                place->second.entry.line),
                    "remove one of the two"});
  }
  place->second = Element{std::move(entry), exception};
}

void SetElements::cut(ListEntry entry, std::vector<ListEntry>& entries) {
  const IpPrefix network = std::get<IpPrefix>(entry.listed);
  // What is inside a network stands behind it in their order.
  std::vector<AddressRange> holes;
  for (auto at = elements_.upper_bound(network); at != elements_.end() && network.covers(at->first);
       ++at) {
    if (!at->second.exception) continue;
    at->second.used = true;
    holes.push_back(range_of(at->first));
  }
  if (holes.empty()) {
    entries.push_back(std::move(entry));
    return;
  }
  for (const IpPrefix& piece : remains_of(range_of(network), merge(std::move(holes)))) {
    entries.push_back(entry);
    entries.back().listed = piece;
  }
}

std::vector<ListEntry> SetElements::take(Reading& reading) {
  std::vector<ListEntry> members;
  for (auto& [network, element] : elements_) {
    if (!element.exception) members.push_back(std::move(element.entry));
  }
  refuse_everyone(reading, members);
  if (members.size() == elements_.size()) return members;
  std::vector<ListEntry> entries;
  for (ListEntry& member : members) cut(std::move(member), entries);
  for (const auto& [network, element] : elements_) {
    if (element.exception) report(reading, element.entry, element.used);
  }
  return entries;
}

}  // namespace portcullis
