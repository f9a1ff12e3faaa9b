#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "editing/entry_scope.h"

namespace portcullis {

// Finds those of many scopes that have to do with another one: that cover it, are the same or are
// covered by it. Built once, then for any number of threads. Copies what it needs of the scopes.
// Cost: O(n log n) to build; O(log n) and what is found to ask, as long as scopes lie within each
// other or apart, as networks and domains do. Ranges that overlap in part cost more.
class ScopeIndex {
 public:
  using Visit = std::function<void(std::size_t)>;

  explicit ScopeIndex(std::span<const EntryScope> scopes);

  // Calls `visit` once with the place of each of them, in no order that matters.
  void visit_related(const EntryScope& scope, const Visit& visit) const;

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Range {
    IpAddress first;
    IpAddress last;
    std::uint32_t place = 0;
    // The nearest one before it that ends where it ends or later. Those between end before.
    std::uint32_t reaching_as_far = kNone;
  };
  struct Name {
    std::string reversed;  // "moc.elpmaxe." is .example.com: what lies below starts with it
    std::uint32_t place = 0;
  };

  void add(const EntryScope& scope, std::uint32_t place);
  void link();
  void visit_ranges(const EntryScope& scope, const Visit& visit) const;
  void visit_names(std::string_view name, const Visit& visit) const;
  void visit_equal(std::string_view reversed, const Visit& visit) const;

  std::vector<Range> ranges_;  // by first address, a wider one before those inside it
  std::vector<Name> names_;    // by their reversed text
};

}  // namespace portcullis
