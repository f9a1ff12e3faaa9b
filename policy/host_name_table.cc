#include "policy/host_name_table.h"

#include <algorithm>
#include <tuple>

namespace portcullis {
namespace {

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

HostNameTable::FoldedName::FoldedName(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > kMaxNameLength) return;
  size_ = name.size();
  std::ranges::transform(name, text_, to_lower);
}

std::string_view HostNameTable::parent_of(std::string_view domain) {
  const std::size_t dot = domain.find('.');
  return dot == std::string_view::npos ? std::string_view() : domain.substr(dot + 1);
}

void HostNameTable::add(std::string_view name, EntryOrigin origin, std::optional<Time> expires) {
  const bool domain = name.starts_with('.');
  const FoldedName folded(domain ? name.substr(1) : name);
  entries_.push_back({static_cast<std::uint32_t>(names_.size()),
                      static_cast<std::uint8_t>(folded.text().size()), domain, origin, expires});
  names_ += folded.text();
}

void HostNameTable::build(const std::vector<std::uint32_t>& ranks,
                          std::vector<RepeatedEntry>* repeated) {
  const auto rank = [&ranks](const Entry& entry) {
    return ranks[static_cast<std::size_t>(entry.origin.source)];
  };
  const auto key = [this](const Entry& entry) { return std::tuple(name_of(entry), entry.domain); };
  // The strongest first; of one class the entry that lasts longest, then the first one written.
  std::ranges::sort(entries_, [&](const Entry& a, const Entry& b) {
    if (key(a) != key(b)) return key(a) < key(b);
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    if (outlasts(a.expires, b.expires) != outlasts(b.expires, a.expires)) {
      return outlasts(a.expires, b.expires);
    }
    return std::tuple(a.origin.source, a.origin.line) < std::tuple(b.origin.source, b.origin.line);
  });
  std::size_t kept = 0;
  for (const Entry& entry : entries_) {
    const bool again = kept > 0 && key(entries_[kept - 1]) == key(entry) &&
                       rank(entries_[kept - 1]) == rank(entry);
    if (!again) {
      entries_[kept++] = entry;
    } else if (repeated != nullptr) {
      repeated->push_back(
          {static_cast<std::uint32_t>(kept - 1), entry.origin, {entry.expires, std::nullopt}});
    }
  }
  entries_.resize(kept);
  for (const Entry& entry : entries_) lengths_[entry.domain ? 1 : 0].set(entry.length);
  entries_.shrink_to_fit();
  names_.shrink_to_fit();
}

std::pair<std::uint32_t, std::uint32_t> HostNameTable::equal_range(std::string_view name,
                                                                   bool domain) const {
  const std::tuple wanted(name, domain);
  const auto key = [this](const Entry& entry) { return std::tuple(name_of(entry), entry.domain); };
  const auto begin = std::ranges::lower_bound(entries_, wanted, {}, key);
  auto end = begin;  // a name stands once for each class: no second search
  while (end != entries_.end() && key(*end) == wanted) ++end;
  return {static_cast<std::uint32_t>(begin - entries_.begin()),
          static_cast<std::uint32_t>(end - entries_.begin())};
}

std::string HostNameTable::text(std::uint32_t entry) const {
  const Entry& found = entries_[entry];
  return (found.domain ? "." : "") + std::string(name_of(found));
}

std::size_t HostNameTable::memory_bytes() const {
  return names_.capacity() + entries_.capacity() * sizeof(Entry);
}

}  // namespace portcullis
