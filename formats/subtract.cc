#include "formats/subtract.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "formats/address_ranges.h"

namespace portcullis {
namespace {

class Exceptions {
 public:
  explicit Exceptions(std::span<const ListEntry> except) {
    std::vector<AddressRange> ranges;
    for (const ListEntry& entry : except) {
      if (const auto range = range_of(entry.listed)) ranges.push_back(*range);
      if (const auto* name = std::get_if<ListedName>(&entry.listed)) add(name->text);
      if (const auto* sender = std::get_if<ListedSender>(&entry.listed)) {
        senders_.insert(sender->text);
      }
    }
    holes_ = merge(std::move(ranges));
  }

  std::span<const AddressRange> holes() const { return holes_; }

  bool cover(const ListedSender& sender) const { return senders_.contains(sender.text); }

  bool cover(const ListedName& name) const {
    const std::string_view text = name.text;
    if (names_.contains(text)) return true;
    if (!text.starts_with('.') && names_.contains("." + name.text)) return true;
    for (std::size_t dot = text.find('.', 1); dot != std::string_view::npos;
         dot = text.find('.', dot + 1)) {
      if (names_.contains(text.substr(dot))) return true;
    }
    return false;
  }

  // The first listed name that is in this domain and is not all of it; empty if there is none.
  std::string_view name_within(const Listed& listed) const {
    const auto* domain = std::get_if<ListedName>(&listed);
    if (domain == nullptr || !domain->text.starts_with('.')) return {};
    const auto found = name_within_.find(domain->text);
    return found == name_within_.end() ? std::string_view() : found->second;
  }

 private:
  // Their texts live in what the constructor was given, which outlives us.
  using Texts = std::unordered_set<std::string_view>;

  void add(std::string_view name) {
    names_.insert(name);
    const bool domain = name.starts_with('.');
    if (!domain) name_within_.try_emplace('.' + std::string(name), name);
    for (std::size_t dot = name.find('.', domain ? 1 : 0); dot != std::string_view::npos;
         dot = name.find('.', dot + 1)) {
      name_within_.try_emplace(std::string(name.substr(dot)), name);
    }
  }

  std::vector<AddressRange> holes_;
  Texts names_;
  std::unordered_map<std::string, std::string_view> name_within_;  // by each domain around it
  Texts senders_;
};

bool is_covered_name(const Listed& listed, const Exceptions& exceptions) {
  if (const auto* name = std::get_if<ListedName>(&listed)) return exceptions.cover(*name);
  if (const auto* sender = std::get_if<ListedSender>(&listed)) return exceptions.cover(*sender);
  return false;
}

void take_out(Subtraction& result, ListEntry& entry, const AddressRange& range,
              std::span<const AddressRange> holes) {
  const std::vector<IpPrefix> remains = remains_of(range, holes);
  ++(remains.empty() ? result.removed : result.cut);
  for (const IpPrefix& network : remains) {
    entry.listed = network;
    result.entries.push_back(entry);
  }
}

}  // namespace

Subtraction subtract(std::vector<ListEntry> entries, std::span<const ListEntry> except) {
  const Exceptions exceptions(except);
  Subtraction result;
  result.entries.reserve(entries.size());
  for (ListEntry& entry : entries) {
    const auto range = range_of(entry.listed);
    if (range && overlaps(*range, exceptions.holes())) {
      take_out(result, entry, *range, exceptions.holes());
    } else if (!range && is_covered_name(entry.listed, exceptions)) {
      ++result.removed;
    } else {
      const std::string_view within = exceptions.name_within(entry.listed);
      if (!within.empty()) {
        result.whole.push_back({entry.line, to_string(entry.listed), std::string(within)});
      }
      result.entries.push_back(std::move(entry));
    }
  }
  return result;
}

}  // namespace portcullis
