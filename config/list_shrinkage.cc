#include <algorithm>

#include <fmt/format.h>

#include "config/policy_file.h"

namespace portcullis {
namespace {

// A feed that was cut short must not open the door, nor a permit list that lost its lines close it.
bool lost_too_much(std::size_t before, std::size_t after) {
  return after < before - before / 2;
}

}  // namespace

Diagnostics compare_lists(const std::vector<ListFileSummary>& before,
                          const std::vector<ListFileSummary>& after) {
  constexpr std::string_view kRepair = "mend the list, or force the reload if this is meant";
  Diagnostics diagnostics;
  for (const ListFileSummary& now : after) {
    const auto then = std::ranges::find_if(before, [&](const ListFileSummary& s) {
      return s.class_name == now.class_name && s.path == now.path;
    });
    if (then == before.end() || then->entries == 0) continue;
    if (now.entries == 0) {
      diagnostics.error(now.path, 0, {},
                        fmt::format("had {} entries and has none now", then->entries),
                        std::string(kRepair), "list-shrank");
    } else if (lost_too_much(then->entries, now.entries)) {
      diagnostics.error(now.path, 0, {},
                        fmt::format("had {} entries and has {} now: more than half are gone",
                                    then->entries, now.entries),
                        std::string(kRepair), "list-shrank");
    }
  }
  return diagnostics;
}

}  // namespace portcullis
