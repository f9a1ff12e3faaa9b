#include "cli/list/scope_index.h"

#include <algorithm>

namespace portcullis {

ScopeIndex::ScopeIndex(std::span<const EntryScope> scopes) {
  for (std::size_t i = 0; i < scopes.size(); ++i) add(scopes[i], static_cast<std::uint32_t>(i));
  std::ranges::sort(ranges_, [](const Range& a, const Range& b) {
    return a.first != b.first ? a.first < b.first : b.last < a.last;
  });
  std::ranges::sort(names_, {}, &Name::reversed);
  link();
}

void ScopeIndex::add(const EntryScope& scope, std::uint32_t place) {
  if (scope.is_name()) {
    names_.push_back({{scope.name.rbegin(), scope.name.rend()}, place});
  } else {
    ranges_.push_back({scope.first, scope.last, place, kNone});
  }
}

void ScopeIndex::link() {
  std::uint32_t before = kNone;
  for (std::uint32_t i = 0; i < ranges_.size(); ++i) {
    while (before != kNone && ranges_[before].last < ranges_[i].last) {
      before = ranges_[before].reaching_as_far;
    }
    ranges_[i].reaching_as_far = before;
    before = i;
  }
}

void ScopeIndex::visit_related(const EntryScope& scope, const Visit& visit) const {
  if (scope.is_name()) {
    visit_names(scope.name, visit);
  } else {
    visit_ranges(scope, visit);
  }
}

void ScopeIndex::visit_ranges(const EntryScope& scope, const Visit& visit) const {
  const auto inside = std::ranges::lower_bound(ranges_, scope.first, {}, &Range::first);
  // Those that start before it cover it or have nothing to do with it.
  auto i = static_cast<std::uint32_t>(inside - ranges_.begin());
  i = i == 0 ? kNone : i - 1;
  while (i != kNone) {
    const Range& before = ranges_[i];
    if (before.last < scope.last) {
      i = before.reaching_as_far;
    } else {
      visit(before.place);
      i = i == 0 ? kNone : i - 1;
    }
  }
  for (auto range = inside; range != ranges_.end() && range->first <= scope.last; ++range) {
    if (range->last <= scope.last || range->first == scope.first) visit(range->place);
  }
}

void ScopeIndex::visit_equal(std::string_view reversed, const Visit& visit) const {
  for (const Name& name : std::ranges::equal_range(names_, reversed, {}, &Name::reversed)) {
    visit(name.place);
  }
}

// A domain has its dot at the end of the reversed text, so that it covers what starts with it, and
// the name without the dot.
void ScopeIndex::visit_names(std::string_view name, const Visit& visit) const {
  const std::string reversed(name.rbegin(), name.rend());
  for (std::size_t dot = reversed.find('.'); dot != std::string::npos && dot + 1 < reversed.size();
       dot = reversed.find('.', dot + 1)) {
    visit_equal(std::string_view(reversed).substr(0, dot + 1), visit);
  }
  if (!reversed.ends_with('.')) {
    visit_equal(reversed, visit);
    visit_equal(reversed + '.', visit);
    return;
  }
  visit_equal(std::string_view(reversed).substr(0, reversed.size() - 1), visit);
  for (auto below = std::ranges::lower_bound(names_, reversed, {}, &Name::reversed);
       below != names_.end() && below->reversed.starts_with(reversed); ++below) {
    visit(below->place);
  }
}

}  // namespace portcullis
