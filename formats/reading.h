#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/format.h"

namespace portcullis {

// A list while it is read: what every reader does alike.
class Reading {
 public:
  // RFC and vendors set none; ours is that of list files (portcullis.conf(5)).
  static constexpr std::size_t kMaxLine = 4096;

  explicit Reading(const ReadOptions& options) : options_(options) {}

  const ReadOptions& options() const { return options_; }
  FeedFacts& feed() { return reading_.feed; }

  bool has_refused() const { return reading_.diagnostics.has_errors(); }

  // A line or a part of one that is left out.
  void refuse(std::uint32_t line, std::string_view culprit, Problem problem);
  // One that is read, but not as it is written.
  void repair(std::uint32_t line, std::string_view culprit, Problem problem);
  // One that is read as it is written, where that may surprise.
  void note(std::uint32_t line, std::string_view culprit, Problem problem);

  // Adds an entry that has been made.
  void add(ListEntry entry) { reading_.entries.push_back(std::move(entry)); }
  // The entry that was added last, and the same taken back. Precondition: there is one.
  const ListEntry& last() const { return reading_.entries.back(); }
  ListEntry take_last();

  // Adds the address, network, range or host name `text` (parse_entry()), with the rest from
  // `like`; what is wrong with it is reported, and so is IPv4 within IPv6. True if it was added. A
  // repair becomes a refusal with ReadOptions::strict. `written` is what stands in the list, if
  // that is not `text`.
  bool add_text(std::string_view text, ListEntry like, std::string_view written = {});

  // False, and the line refused, if it is longer than kMaxLine or holds a NUL byte.
  bool is_readable(std::string_view line, std::uint32_t number);

  // As comments are kept: printable ASCII and UTF-8 as it is, a blank for a tab, other control
  // characters and what is no UTF-8 escaped byte by byte. Doing it again changes nothing.
  static std::string comment(std::string_view text);

  ListReading take() { return std::move(reading_); }

 private:
  const ReadOptions& options_;
  ListReading reading_;
};

}  // namespace portcullis
