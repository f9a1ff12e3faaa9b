#include "editing/line_difference.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace portcullis {
namespace {

constexpr std::size_t kContext = 3;

using Texts = std::span<const std::string_view>;

// One line of the way from one text to the other.
struct Step {
  char sign = ' ';  // ' ' in both, '-' removed, '+' added
  std::string_view text;
};

// Each line with its end.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n') + 1, text.size());  // npos + 1 is 0
    lines.push_back(text.substr(0, end == 0 ? text.size() : end));
    text.remove_prefix(lines.back().size());
  }
  return lines;
}

void add_all(std::vector<Step>& steps, char sign, Texts lines) {
  for (const std::string_view line : lines) steps.push_back({sign, line});
}

// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986): furthest[d][k] is how far in
// `a` one comes with d differences on the diagonal k = x - y.
class Differences {
 public:
  Differences(Texts a, Texts b) : a_(a), b_(b) {}

  // The steps, or nothing if there are too many differences.
  std::vector<Step> steps() {
    const std::size_t most = std::min(a_.size() + b_.size(), kMaxDifferences);
    for (std::size_t d = 0; d <= most; ++d) {
      if (advance(static_cast<std::ptrdiff_t>(d))) return walk_back();
    }
    return {};
  }

 private:
  using Row = std::vector<std::ptrdiff_t>;  // by k + d

  // True if the end of both has been reached with d differences.
  bool advance(std::ptrdiff_t d) {
    Row row(static_cast<std::size_t>(2 * d + 1));
    bool done = false;
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      std::ptrdiff_t x = d == 0 ? 0 : start(d, k);
      std::ptrdiff_t y = x - k;
      while (x < size(a_) && y >= 0 && y < size(b_) && at(a_, x) == at(b_, y)) ++x, ++y;
      row[static_cast<std::size_t>(k + d)] = x;
      if (x >= size(a_) && y >= size(b_)) done = true;
    }
    rows_.push_back(std::move(row));
    return done;
  }

  // Where the difference number d leaves us on diagonal k: down from k + 1, or right from k - 1.
  std::ptrdiff_t start(std::ptrdiff_t d, std::ptrdiff_t k) const {
    return comes_from_above(d, k) ? reached(d - 1, k + 1) : reached(d - 1, k - 1) + 1;
  }
  bool comes_from_above(std::ptrdiff_t d, std::ptrdiff_t k) const {
    return k == -d || (k != d && reached(d - 1, k - 1) < reached(d - 1, k + 1));
  }
  std::ptrdiff_t reached(std::ptrdiff_t d, std::ptrdiff_t k) const {
    return rows_[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + d)];
  }

  std::vector<Step> walk_back() const {
    std::vector<Step> steps;
    std::ptrdiff_t x = size(a_);
    std::ptrdiff_t y = size(b_);
    for (std::ptrdiff_t d = size(rows_) - 1; d >= 0; --d) {
      const std::ptrdiff_t k = x - y;
      const std::ptrdiff_t from = d == 0 ? 0 : start(d, k);
      while (x > from) {
        --x, --y;
        steps.push_back({' ', at(a_, x)});
      }
      if (d == 0) break;
      const bool added = comes_from_above(d, k);
      steps.push_back(added ? Step{'+', at(b_, --y)} : Step{'-', at(a_, --x)});
    }
    std::ranges::reverse(steps);
    return steps;
  }

  template <typename Sequence>
  static std::ptrdiff_t size(const Sequence& sequence) {
    return std::ssize(sequence);
  }
  static std::string_view at(Texts lines, std::ptrdiff_t i) {
    return lines[static_cast<std::size_t>(i)];
  }

  Texts a_;
  Texts b_;
  std::vector<Row> rows_;
};

std::vector<Step> steps_between(Texts a, Texts b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t head = 0;
  while (head < shorter && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const Texts middle_a = a.subspan(head, a.size() - head - tail);
  const Texts middle_b = b.subspan(head, b.size() - head - tail);
  std::vector<Step> steps;
  add_all(steps, ' ', a.first(head));
  std::vector<Step> middle = Differences(middle_a, middle_b).steps();
  if (middle.empty()) {
    add_all(middle, '-', middle_a);
    add_all(middle, '+', middle_b);
  }
  steps.insert(steps.end(), middle.begin(), middle.end());
  add_all(steps, ' ', a.last(tail));
  return steps;
}

// "-12,7", as diff counts: of an empty range the line before it.
std::string range(char sign, std::size_t start, std::size_t count) {
  const std::size_t first = count == 0 ? start : start + 1;
  return count == 1 ? fmt::format("{}{}", sign, first) : fmt::format("{}{},{}", sign, first, count);
}

std::string line_text(const Step& step) {
  std::string text = step.sign + std::string(step.text);
  if (!text.ends_with('\n')) text += "\n\\ No newline at end of file\n";
  return text;
}

// Writes the steps from `from` to `to` as one hunk; `old_line` and `new_line` are lines before it.
std::string hunk(std::span<const Step> steps, std::size_t old_line, std::size_t new_line) {
  std::size_t old_count = 0;
  std::size_t new_count = 0;
  std::string body;
  for (const Step& step : steps) {
    old_count += step.sign == '+' ? 0 : 1;
    new_count += step.sign == '-' ? 0 : 1;
    body += line_text(step);
  }
  return fmt::format("@@ {} {} @@\n{}", range('-', old_line, old_count),
                     range('+', new_line, new_count), body);
}

std::string hunks(std::span<const Step> steps) {
  std::string text;
  std::size_t old_line = 0;
  std::size_t new_line = 0;
  std::size_t counted = 0;  // steps that old_line and new_line are behind
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].sign == ' ') continue;
    const std::size_t from = std::max(counted, i - std::min(i, kContext));
    std::size_t to = i;  // behind the last difference that is near the one before
    for (std::size_t j = i; j < steps.size() && j <= to + 2 * kContext; ++j) {
      if (steps[j].sign != ' ') to = j + 1;
    }
    const std::size_t end = std::min(to + kContext, steps.size());
    for (; counted < from; ++counted) ++old_line, ++new_line;
    text += hunk(steps.subspan(from, end - from), old_line, new_line);
    for (; counted < end; ++counted) {
      old_line += steps[counted].sign == '+' ? 0 : 1;
      new_line += steps[counted].sign == '-' ? 0 : 1;
    }
    i = end - 1;
  }
  return text;
}

}  // namespace

std::string line_difference(std::string_view before, std::string_view after,
                            std::string_view file) {
  if (before == after) return {};
  const auto a = split(before);
  const auto b = split(after);
  return fmt::format("--- {}\n+++ {}\n{}", file, file, hunks(steps_between(a, b)));
}

}  // namespace portcullis
