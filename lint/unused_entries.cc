#include "lint/unused_entries.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "config/time_text.h"
#include "policy/entry_table.h"

#include "lint/lint.h"
#include "lint/written_entry.h"

namespace portcullis {
namespace {

struct Unused {
  EntryOrigin origin;
  EntryIndex entry{};
  std::optional<Time> last;  // empty: never since the daemon counts
};

struct Judged {
  std::vector<Unused> unused;        // in the order of the text
  std::vector<std::size_t> unknown;  // by ClassIndex: entries of which nothing is known
};

// True for the parts of a range but the one by which it is known.
bool is_further_part(const EntryTable& entries, EntryIndex entry) {
  const AddressRange* const range = range_of(entries, entry);
  return range != nullptr && entries.find(entries.class_of(entry), *range) != entry;
}

Judged judge(const UnusedInput& input) {
  const EntryTable& entries = input.loaded.policy->entries();
  Judged judged{{}, std::vector<std::size_t>(input.usage.size())};
  for (std::size_t e = 0; e < entries.size(); ++e) {
    const auto entry = static_cast<EntryIndex>(e);
    const auto expires = entries.expires(entry);
    if ((expires && *expires <= input.now) || is_further_part(entries, entry)) continue;
    const auto c = static_cast<std::size_t>(entries.class_of(entry));
    const ClassUse& use = input.usage[c];
    const auto found = use.last.find(entries.describe(entry).text);
    if (found == use.last.end() && !use.complete) {
      ++judged.unknown[c];
    } else if (found == use.last.end()) {
      judged.unused.push_back({entries.origin(entry), entry, {}});
    } else if (found->second < input.now - input.age) {
      judged.unused.push_back({entries.origin(entry), entry, found->second});
    }
  }
  std::ranges::stable_sort(judged.unused, stands_before, &Unused::origin);
  return judged;
}

std::string reason(const Unused& unused, const ClassUse& use) {
  if (unused.last) return "decided for the last time on " + time_text(*unused.last);
  return fmt::format(
      "has not decided anything since the daemon began to count, {}; it may be newer than that",
      time_text(use.since));
}

void report_unused(const UnusedInput& input, const std::vector<Unused>& all, Diagnostics& found) {
  const EntryTable& entries = input.loaded.policy->entries();
  const std::size_t shown = std::min(all.size(), kMaxShownOfACode);
  for (std::size_t i = 0; i < shown; ++i) {
    const EntryDescription entry = entries.describe(all[i].entry);
    const ClassUse& use = input.usage[static_cast<std::size_t>(entry.client_class)];
    found.warning(std::string(entry.file), entry.line, entry.text, reason(all[i], use),
                  "remove it, unless the client that it is for may come again", "unused-entry");
  }
  found.count_more(Severity::warning, "unused-entry", all.size() - shown);
}

void report_unknown(const UnusedInput& input, const std::vector<std::size_t>& unknown,
                    Diagnostics& found) {
  for (std::size_t c = 0; c < unknown.size(); ++c) {
    if (unknown[c] == 0) continue;
    found.note(input.path, input.loaded.classes[c].line_of("clients"),
               fmt::format("[class {}]", input.loaded.policy->classes()[c].name),
               fmt::format("has {} of which the daemon's answer, cut short, does not tell whether "
                           "{} unused",
                           unknown[c] == 1 ? "1 entry" : fmt::format("{} entries", unknown[c]),
                           unknown[c] == 1 ? "it is" : "they are"),
               "divide the class: the answer for each is limited", "unknown-use");
  }
}

}  // namespace

Diagnostics find_unused_entries(const UnusedInput& input) {
  Diagnostics found;
  const Judged judged = judge(input);
  report_unused(input, judged.unused, found);
  report_unknown(input, judged.unknown, found);
  return found;
}

}  // namespace portcullis
