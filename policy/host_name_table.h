#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/network_entries.h"

namespace portcullis {

// HostNameTable holds the host name entries: exact names ("mx.example.com") and domains
// (".example.com": the domain and everything below it). Names compare without regard to case
// (RFC 4343) and end at a label: ".example.com" says nothing of "badexample.com".
//
// Immutable once built: any number of threads may ask. Memory: the names and 40 bytes each.
class HostNameTable {
 public:
  // RFC 1035 section 2.3.4, without the root label.
  static constexpr std::size_t kMaxNameLength = 253;

  void add(std::string_view name, EntryOrigin origin, std::optional<Time> expires);

  // Sorts, and drops the entries of a class that say the same name again. `ranks` is by source.
  // What is dropped is added to `repeated`, unless that is null.
  void build(const std::vector<std::uint32_t>& ranks,
             std::vector<RepeatedEntry>* repeated = nullptr);

  std::size_t size() const { return entries_.size(); }
  std::size_t memory_bytes() const;

  // The name in lower case, a domain with its leading dot.
  std::string text(std::uint32_t entry) const;
  EntryOrigin origin(std::uint32_t entry) const noexcept { return entries_[entry].origin; }
  std::optional<Time> expires(std::uint32_t entry) const noexcept {
    return entries_[entry].expires;
  }

  // Calls visit(entry) for every entry that holds the name: the exact name first, then domains from
  // the longest to the shortest; of one name the strongest entry first. Does not allocate.
  // O(labels * log n).
  template <typename Visitor>
  void for_each_matching(std::string_view name, Visitor&& visit) const {
    FoldedName folded(name);
    if (folded.text().empty()) return;
    visit_equal(folded.text(), false, visit);
    for (std::string_view domain = folded.text(); !domain.empty(); domain = parent_of(domain)) {
      visit_equal(domain, true, visit);
    }
  }

 private:
  struct Entry {
    std::uint32_t offset = 0;  // into names_
    std::uint8_t length = 0;
    bool domain = false;
    EntryOrigin origin;
    std::optional<Time> expires;
  };

  // A name in lower case without the root dot, in place; empty if it is longer than a name can be.
  class FoldedName {
   public:
    explicit FoldedName(std::string_view name);
    std::string_view text() const { return {text_, size_}; }

   private:
    char text_[kMaxNameLength];
    std::size_t size_ = 0;
  };

  static std::string_view parent_of(std::string_view domain);
  std::string_view name_of(const Entry& entry) const {
    return std::string_view(names_).substr(entry.offset, entry.length);
  }
  // The entries of exactly this name.
  std::pair<std::uint32_t, std::uint32_t> equal_range(std::string_view name, bool domain) const;

  template <typename Visitor>
  void visit_equal(std::string_view name, bool domain, Visitor& visit) const {
    if (!lengths_[domain ? 1 : 0].test(name.size())) return;
    const auto [begin, end] = equal_range(name, domain);
    for (std::uint32_t entry = begin; entry < end; ++entry) visit(entry);
  }

  std::string names_;
  std::vector<Entry> entries_;
  // The lengths that names have, and domains: most questions need no search.
  std::array<std::bitset<kMaxNameLength + 1>, 2> lengths_;
};

}  // namespace portcullis
