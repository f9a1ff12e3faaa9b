#include "formats/feed_check.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "config/time_text.h"

namespace portcullis {
namespace {

constexpr std::chrono::hours kClockDifference{24};

struct Less {
  bool operator()(const IpPrefix& a, const IpPrefix& b) const { return a < b; }
  bool operator()(const AddressRange& a, const AddressRange& b) const {
    return std::tie(a.first, a.last) < std::tie(b.first, b.last);
  }
  bool operator()(const ListedName& a, const ListedName& b) const { return a.text < b.text; }
  bool operator()(const ListedSender& a, const ListedSender& b) const { return a.text < b.text; }
  template <typename A, typename B>
  bool operator()(const A&, const B&) const {
    return false;  // never called: less() compares the kinds first
  }
};

bool less(const ListEntry* a, const ListEntry* b) {
  if (a->listed.index() != b->listed.index()) return a->listed.index() < b->listed.index();
  return std::visit(Less{}, a->listed, b->listed);
}

// How many different clients or senders are listed: a line said twice is no second entry.
std::size_t count_different(std::span<const ListEntry> entries) {
  std::vector<const ListEntry*> sorted;
  sorted.reserve(entries.size());
  for (const ListEntry& entry : entries) sorted.push_back(&entry);
  std::ranges::sort(sorted, less);
  // Not std::ranges::unique: clang 14 cannot read what libstdc++ 12 makes of it.
  const auto end =
      std::unique(sorted.begin(), sorted.end(),
                  [](const ListEntry* x, const ListEntry* y) { return x->listed == y->listed; });
  return static_cast<std::size_t>(end - sorted.begin());
}

void check_size(FeedJudgement& judgement, std::span<const ListEntry> last_good,
                const ListReading& reading) {
  const std::size_t before = count_different(last_good);
  const std::size_t after = count_different(reading.entries);
  if (after == 0) {
    judgement.refusals.push_back(
        {"holds no entries", "see that its address is right and its source still publishes it"});
  } else if (after < before - before / 2) {
    judgement.refusals.push_back(
        {fmt::format("had {} entries and has {} now: more than half are gone", before, after),
         "force it if this is meant"});
  }
}

void check_wholeness(FeedJudgement& judgement, const ListReading& reading) {
  if (reading.feed.cut_short) {
    judgement.refusals.push_back(
        {"was cut short: it ends before its last line, or within it", "fetch it again"});
  }
  const auto declared = reading.feed.declared_entries;
  if (declared && *declared != reading.entries.size()) {
    judgement.refusals.push_back(
        {fmt::format("declares {} entries, and {} were read", *declared, reading.entries.size()),
         "fetch it again"});
  }
  if (const std::size_t refused = reading.diagnostics.errors(); refused > 0) {
    judgement.refusals.push_back(
        {fmt::format("has {} line{} that {} refused", refused, refused == 1 ? "" : "s",
                     refused == 1 ? "was" : "were"),
         "see that it is in the format it is read as"});
  }
}

void check_age(FeedJudgement& judgement, const FeedFacts& feed, Time now,
               const FeedLimits& limits) {
  if (feed.expires && *feed.expires <= now) {
    judgement.warnings.push_back(
        {fmt::format("expired at {}", time_text(*feed.expires)), "fetch it more often"});
  }
  if (!feed.made_at) return;
  if (*feed.made_at > now + kClockDifference) {
    judgement.warnings.push_back(
        {fmt::format("was made at {}, which is still to come", time_text(*feed.made_at)),
         "see that the clock is right"});
  } else if (*feed.made_at < now - limits.oldest) {
    const auto days = std::chrono::duration_cast<std::chrono::hours>(now - *feed.made_at) / 24;
    judgement.warnings.push_back(
        {fmt::format("was made at {}, {} days ago", time_text(*feed.made_at), days.count()),
         "see whether its source still keeps it"});
  }
}

}  // namespace

FeedJudgement judge_feed(std::span<const ListEntry> last_good, const ListReading& reading, Time now,
                         const FeedLimits& limits) {
  FeedJudgement judgement;
  check_size(judgement, last_good, reading);
  check_wholeness(judgement, reading);
  check_age(judgement, reading.feed, now, limits);
  return judgement;
}

}  // namespace portcullis
