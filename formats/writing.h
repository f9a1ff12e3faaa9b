#pragma once

#include <string>
#include <string_view>

#include "formats/format.h"

namespace portcullis {

// A list while it is written: what every writer does alike.
class Writing {
 public:
  // `format` as people call it in messages, such as "a Postfix cidr table".
  Writing(std::string_view format, const WriteOptions& options)
      : format_(format), options_(options) {}

  const WriteOptions& options() const { return options_; }
  std::string_view format() const { return format_; }
  std::string& text() { return writing_.text; }

  // Reports that the entry, or what `reason` says of it, is not in the text.
  void lose(const ListEntry& entry, std::string reason, std::string repair = {});
  // Reports why there is no text at all. take() then gives none.
  void refuse(const ListEntry& entry, std::string reason, std::string repair = {});
  // The same about an option.
  void refuse(std::string culprit, std::string reason, std::string repair = {});

  // Reports something about the list as a whole that may make it less than it should be.
  void warn(std::string reason, std::string repair = {});

  // For formats without times: false if the entry has to be left out because it would hold for
  // good, or has expired already. Reports it.
  bool holds_for_good(const ListEntry& entry);
  // For formats with times: false, and reported, if the entry has expired already.
  bool is_in_force(const ListEntry& entry);
  // For formats without comments: reports once for the whole list that comments are lost.
  void lose_comment(const ListEntry& entry);
  // For formats of addresses: false, and reported, for a host name or a mail address.
  bool names_addresses(const ListEntry& entry);

  // What an entry means: its own action, or else the class's.
  Action action_of(const ListEntry& entry) const { return entry.action.value_or(options_.action); }

  ListWriting take();

 private:
  std::string_view format_;
  const WriteOptions& options_;
  ListWriting writing_;
  std::size_t comments_lost_ = 0;
};

}  // namespace portcullis
