#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "config/entry_text.h"
#include "policy/policy.h"

namespace portcullis {

// What is wrong with a part of a line.
struct PartProblem {
  std::string_view culprit;  // points into the line
  Problem problem;
};

// An entry with its fields, as a line of a list has it or a piece of `clients`.
struct EntryLine {
  std::string_view text;  // the entry alone
  EntryText entry;
  std::optional<Time> expires;
};

// "192.0.2.0/24 expires=2027-01-31T00:00:00Z". No comment, and not blank.
tl::expected<EntryLine, PartProblem> parse_entry_line(std::string_view line);

// `text` without blanks (space and tab) at its ends.
std::string_view trim(std::string_view text);

}  // namespace portcullis
