#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace portcullis {

// Stable.
template <typename Item, typename Key>
void sort_by_digits(std::vector<Item>& items, Key key) {
  constexpr unsigned kDigitBits = 11;
  constexpr unsigned kDigits = (64 + kDigitBits - 1) / kDigitBits;
  constexpr std::size_t kValues = std::size_t{1} << kDigitBits;
  const auto digit_of = [](std::uint64_t number, unsigned digit) {
    return number >> (kDigitBits * digit) & (kValues - 1);
  };
  // How many items have each value of each digit; then where the next one of them goes.
  std::vector<std::array<std::size_t, kValues>> places(kDigits);
  for (const Item& item : items) {
    const std::uint64_t number = key(item);
    for (unsigned digit = 0; digit < kDigits; ++digit) ++places[digit][digit_of(number, digit)];
  }
  std::vector<Item> other(items.size());
  for (unsigned digit = 0; digit < kDigits; ++digit) {
    auto& place = places[digit];
    if (place[digit_of(key(items.front()), digit)] == items.size()) continue;  // all the same
    std::size_t next = 0;
    for (std::size_t& count : place) next += std::exchange(count, next);
    for (const Item& item : items) other[place[digit_of(key(item), digit)]++] = item;
    items.swap(other);
  }
}

// Sorts `items` by the number key(item), items with one key by before(a, b); what is equal in both
// stays in its order. A radix sort: a pass over all items for every 11 bits in which their keys
// differ, none if the keys ascend already. `before` is only asked about items of one key, so that
// it may be slow as long as few share one. Needs a second array of the same size.
template <typename Item, typename Key, typename Before>
void radix_sort(std::vector<Item>& items, Key key, Before before) {
  if (!std::ranges::is_sorted(items, {}, key)) sort_by_digits(items, key);
  const auto next_run = [&](auto from) {
    return std::ranges::adjacent_find(from, items.end(), {}, key);
  };
  for (auto start = next_run(items.begin()); start != items.end();) {
    const std::uint64_t number = key(*start);
    const auto end =
        std::find_if(start + 1, items.end(), [&](const Item& item) { return key(item) != number; });
    std::stable_sort(start, end, before);
    start = next_run(end);
  }
}

}  // namespace portcullis
