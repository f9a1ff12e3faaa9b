// Which entries could go without anyone noticing: said twice, covered, overruled, or never heard.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "lint/questions.h"
#include "lint/written_entry.h"

namespace portcullis {
namespace {

enum class Reason : std::uint8_t {
  said_twice,
  covered,
  covered_alike,
  overruled,
  overruled_alike,
  under_exempt,
  held_by_others,
};

struct ReasonCode {
  Severity severity;
  std::string_view code;
};

// By Reason. What another class does as well is no mistake: lists of two origins overlap.
constexpr std::array<ReasonCode, 7> kCodes = {{
    {Severity::warning, "duplicate-entry"},
    {Severity::warning, "covered-entry"},
    {Severity::note, "entry-of-two-classes"},
    {Severity::warning, "class-conflict"},
    {Severity::note, "entry-of-two-classes"},
    {Severity::warning, "shadowed-entry"},
    {Severity::warning, "shadowed-entry"},
}};

Reason reason_of(Fate fate) {
  switch (fate) {
    case Fate::decides:
    case Fate::covered:
      return Reason::covered;
    case Fate::covered_alike:
      return Reason::covered_alike;
    case Fate::overruled:
      return Reason::overruled;
    case Fate::overruled_alike:
      return Reason::overruled_alike;
    case Fate::under_exempt:
      return Reason::under_exempt;
    case Fate::held_by_others:
      return Reason::held_by_others;
  }
  return Reason::covered;
}

// An entry of the table, or one that was dropped from it.
struct EntryRef {
  bool dropped = false;
  std::size_t index = 0;  // into the table, or into EntryTable::repeated
};

struct Needless {
  EntryOrigin origin;
  Reason reason{};
  EntryRef entry;
  EntryRef by;
};

// Several entries may stand in one line of the policy file.
using RangeKey = std::tuple<SourceIndex, std::uint32_t, IpAddress, IpAddress>;

RangeKey key_of(const EntryOrigin& origin, const AddressRange& range) {
  return {origin.source, origin.line, range.first, range.last};
}

bool is_one_network(const AddressRange& range) {
  return cover_range(range.first, range.last).size() == 1;
}

class NeedlessFinder {
 public:
  NeedlessFinder(const EntryTable& entries, const EntryFates& fates)
      : entries_(entries), fates_(fates) {}

  std::vector<Needless> find() {
    for (const EntryFate& fate : fates_.needless) add_fate(fate);
    for (std::size_t i = 0; i < entries_.repeated.size(); ++i) add_repeated(i);
    for (const auto& [key, range] : ranges_) {
      if (range.needless_networks == range.networks) found_.push_back(range.first);
    }
    add_parts_of_ranges();
    return std::move(found_);
  }

 private:
  struct RangeParts {
    std::size_t networks = 0;
    std::size_t needless_networks = 0;
    Needless first;  // the reason of its first network stands for all
  };

  void add_fate(const EntryFate& fate) {
    const Needless needless{entries_.origin(fate.entry),
                            reason_of(fate.fate),
                            {false, static_cast<std::size_t>(fate.entry)},
                            {false, static_cast<std::size_t>(fate.by)}};
    if (const AddressRange* range = range_of(entries_, fate.entry)) {
      add_part(*range, needless);
    } else {
      found_.push_back(needless);
    }
  }

  void add_part(const AddressRange& range, const Needless& needless) {
    const auto [place, is_new] = ranges_.try_emplace(key_of(needless.origin, range));
    RangeParts& parts = place->second;
    if (is_new) {
      parts.networks = cover_range(range.first, range.last).size();
      parts.first = needless;
    }
    ++parts.needless_networks;
  }

  void add_repeated(std::size_t i) {
    const EntryTable::Repeated& repeated = entries_.repeated[i];
    const AddressRange* const kept_range = range_of(entries_, repeated.kept);
    const auto& range = repeated.detail.range;
    const bool same = kept_range == nullptr || !range
                          ? (kept_range == nullptr || is_one_network(*kept_range)) &&
                                (!range || is_one_network(*range))
                          : *kept_range == *range;
    const Needless needless{repeated.origin,
                            same ? Reason::said_twice : Reason::covered,
                            {true, i},
                            {false, static_cast<std::size_t>(repeated.kept)}};
    if (!range) {
      found_.push_back(needless);
      return;
    }
    add_part(*range, needless);
    if (!same && kept_range == nullptr) single_in_range_.push_back(i);
  }

  // A network that is also a part of a range of its class, and stayed only because it came first.
  void add_parts_of_ranges() {
    for (const std::size_t i : single_in_range_) {
      const EntryTable::Repeated& repeated = entries_.repeated[i];
      const RangeParts& parts = ranges_.at(key_of(repeated.origin, *repeated.detail.range));
      if (parts.needless_networks == parts.networks) continue;  // the range may go instead
      if (outlasts(entries_.expires(repeated.kept), repeated.detail.expires)) continue;
      found_.push_back({entries_.origin(repeated.kept),
                        Reason::covered,
                        {false, static_cast<std::size_t>(repeated.kept)},
                        {true, i}});
    }
  }

  const EntryTable& entries_;
  const EntryFates& fates_;
  std::vector<Needless> found_;
  std::map<RangeKey, RangeParts> ranges_;
  std::vector<std::size_t> single_in_range_;  // into EntryTable::repeated
};

class NeedlessReport {
 public:
  NeedlessReport(const Policy& policy, Diagnostics& found) : policy_(policy), found_(found) {}

  void add(const Needless& needless) {
    const auto [severity, code] = kCodes[static_cast<std::size_t>(needless.reason)];
    if (++shown_[code] > kMaxShownOfACode) {
      found_.count_more(severity, code, 1);
      return;
    }
    const EntryDescription entry = describe_ref(needless.entry);
    const EntryDescription by =
        needless.reason == Reason::held_by_others ? EntryDescription{} : describe_ref(needless.by);
    found_.add({severity, std::string(entry.file), entry.line, entry.text,
                reason_text(needless.reason, entry, by), repair_text(needless.reason), code});
  }

 private:
  EntryDescription describe_ref(const EntryRef& ref) const {
    const EntryTable& entries = policy_.entries();
    return ref.dropped ? describe(entries, entries.repeated[ref.index])
                       : entries.describe(static_cast<EntryIndex>(ref.index));
  }

  std::string reason_text(Reason reason, const EntryDescription& entry,
                          const EntryDescription& by) const {
    const ClientClass& other = policy_.client_class(by.client_class);
    const std::string where = place(by, entry.file);
    switch (reason) {
      case Reason::said_twice:
        return fmt::format("is in [class {}] twice, the other time in {}", other.name, where);
      case Reason::covered:
        return fmt::format("is covered by \"{}\" of its class, in {}", by.text, where);
      case Reason::covered_alike:
        return fmt::format("is covered by \"{}\" of [class {}], in {}, which treats it alike",
                           by.text, other.name, where);
      case Reason::overruled:
        return fmt::format("is in [class {}] too, in {}, and that decides: {}", other.name, where,
                           precedence(entry, by));
      case Reason::overruled_alike:
        return fmt::format("is in [class {}] too, in {}, which treats it alike", other.name, where);
      case Reason::under_exempt:
        return fmt::format("never decides: \"{}\" of the exempt [class {}], in {}, covers it",
                           by.text, other.name, where);
      case Reason::held_by_others:
        return "never decides: smaller networks hold every address of it";
    }
    return {};
  }

  std::string precedence(const EntryDescription& entry, const EntryDescription& by) const {
    const Action loser = policy_.client_class(entry.client_class).action;
    const Action winner = policy_.client_class(by.client_class).action;
    if (winner == loser) return "it comes first in the file";
    return fmt::format("{} beats {}", to_string(winner), to_string(loser));
  }

  static std::string repair_text(Reason reason) {
    switch (reason) {
      case Reason::said_twice:
        return "remove one of the two";
      case Reason::overruled:
        return "remove it from one of the two classes";
      case Reason::under_exempt:
        return "remove it, or take it out of what is exempt";
      default:
        return "remove it: nothing changes";
    }
  }

  const Policy& policy_;
  Diagnostics& found_;
  std::map<std::string_view, std::size_t> shown_;
};

}  // namespace

void find_needless_entries(const LintInput& input, const EntryFates& fates, Diagnostics& found) {
  const Policy& policy = *input.loaded.policy;
  std::vector<Needless> needless = NeedlessFinder(policy.entries(), fates).find();
  std::ranges::stable_sort(needless, stands_before, &Needless::origin);
  NeedlessReport report(policy, found);
  for (const Needless& entry : needless) report.add(entry);
}

}  // namespace portcullis
