// Which entries have expired, and which will soon.

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "config/time_text.h"

#include "lint/questions.h"
#include "lint/written_entry.h"

namespace portcullis {
namespace {

constexpr std::chrono::hours kSoon = std::chrono::days(14);

struct Expiring {
  EntryOrigin origin;
  EntryIndex entry{};
};

// The entries whose time is over at `to` and was not before `from`, in the order of the text.
std::vector<Expiring> expiring_between(const EntryTable& entries, Time from, Time to) {
  std::vector<Expiring> all;
  for (std::size_t e = 0; e < entries.size(); ++e) {
    const auto entry = static_cast<EntryIndex>(e);
    const auto expires = entries.expires(entry);
    if (expires && *expires > from && *expires <= to) all.push_back({entries.origin(entry), entry});
  }
  std::ranges::stable_sort(all, stands_before, &Expiring::origin);
  // The networks of one range stand side by side.
  const auto same = [&entries](const Expiring& a, const Expiring& b) {
    const auto* const range = range_of(entries, a.entry);
    const auto* const other = range_of(entries, b.entry);
    return range != nullptr && other != nullptr && *range == *other &&
           a.origin.source == b.origin.source && a.origin.line == b.origin.line;
  };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

}  // namespace

void find_expiring_entries(const LintInput& input, Diagnostics& found) {
  const EntryTable& entries = input.loaded.policy->entries();
  const auto report = [&](const std::vector<Expiring>& all, Severity severity,
                          std::string_view code, std::string_view reason, std::string_view repair) {
    const std::size_t shown = std::min(all.size(), kMaxShownOfACode);
    for (std::size_t i = 0; i < shown; ++i) {
      const EntryDescription entry = entries.describe(all[i].entry);
      found.add({severity, std::string(entry.file), entry.line, entry.text,
                 fmt::format("{} {}", reason, time_text(*entry.expires)), std::string(repair),
                 code});
    }
    found.count_more(severity, code, all.size() - shown);
  };
  report(expiring_between(entries, Time::min(), input.now), Severity::warning, "expired-entry",
         "has expired, on", "remove it, or give it a later time");
  report(expiring_between(entries, input.now, input.now + kSoon), Severity::note, "expiring-entry",
         "expires within 14 days, on", "give it a later time if it is to stay");
}

}  // namespace portcullis
