#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/class_section.h"
#include "config/policy_file.h"
#include "config/text_source.h"
#include "policy/policy_builder.h"

namespace portcullis {

// Where the list file is that an item of `clients` names ("file:blocked.list"): relative to the
// directory of the policy file. Empty if it names none behind "file:"; nothing if it is an entry.
std::optional<std::string> list_file_path(const std::string& policy_path, std::string_view item);

// Adds what `clients` of each class says, its list files included, to `builder`. The classes must
// have been added to it in this order. Reads the lists relative to the policy file's directory, by
// `texts`.
class ClientLists {
 public:
  ClientLists(const std::string& policy_path, const TextSource& texts, PolicyBuilder& builder,
              Diagnostics& diagnostics);

  void add(const ReadClass& read, ClassIndex client_class);

  // Entries of each class, those that were refused included.
  const std::vector<std::size_t>& entries() const { return entries_; }
  // True if a list could not be read, so that there may be more entries than that.
  bool incomplete() const { return incomplete_; }
  std::vector<ListFileSummary> take_summaries() { return std::move(summaries_); }

 private:
  void add_inline(const IniPiece& item, SourceIndex source);
  void add_list(const ReadClass& read, ClassIndex client_class, const IniPiece& item,
                const std::string& path);

  const std::string& policy_path_;
  const TextSource& texts_;
  PolicyBuilder& builder_;
  Diagnostics& diagnostics_;
  std::vector<std::size_t> entries_;
  std::vector<ListFileSummary> summaries_;
  bool incomplete_ = false;
};

}  // namespace portcullis
