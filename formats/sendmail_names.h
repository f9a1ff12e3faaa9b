#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "formats/writing.h"

namespace portcullis {

// A domain with all below it, which Sendmail and a list of ours understand alike.
struct SendmailDomain {
  std::string_view name;  // "example.com"; points into the entry
  const ListEntry* entry = nullptr;
};

// The host names of a list that can be written into an access map, in the order of the list. All
// others are reported as a loss, or refused where they are an exception to one that is written.
std::vector<SendmailDomain> sendmail_domains(std::span<const ListEntry> entries, Writing& writing);

}  // namespace portcullis
