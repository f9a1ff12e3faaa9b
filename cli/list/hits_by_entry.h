#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "cli/entry_hits.h"

#include "formats/list_entry.h"

namespace portcullis {

// The daemon's figures of a class, for one entry at a time. Entries meet by what they name, not by
// file and line: the list may have been edited since the daemon read it.
class HitsByEntry {
 public:
  struct Figures {
    std::optional<std::uint64_t> count;  // empty: the daemon's answer was too long to have it
    std::optional<Time> last;            // empty: never, or not known
  };

  explicit HitsByEntry(const ClassHits& hits);

  Figures of(const Listed& entry) const;

  Time since() const { return since_; }  // when the daemon began to count
  bool truncated() const { return truncated_; }

 private:
  std::unordered_map<std::string, Figures> figures_;  // by canonical text
  Time since_;
  bool truncated_;
};

}  // namespace portcullis
