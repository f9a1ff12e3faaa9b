#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis {

// One thing of a configuration directory that has a value: a setting of main.cf, of a service in
// master.cf ("25/inet/smtpd_timeout", "25/inet/process_limit"), a service ("25/inet"), or a whole
// file (with an empty setting).
struct CellName {
  std::string file;
  std::string setting;

  auto operator<=>(const CellName&) const = default;
};

// What we made of a cell, and what it was before we first touched it. Nothing: not there.
struct AppliedCell {
  std::optional<std::string> before;
  std::optional<std::string> applied;
  std::string element;  // the item of a list that is ours; empty: none is
  bool list = false;    // others have items in it as well; false: the whole value is ours

  bool operator==(const AppliedCell&) const = default;
};

// What earlier applications did to a directory: DIR/portcullis.applied. By it a setting that the
// policy no longer says goes back to what it was.
struct AppliedRecord {
  std::map<CellName, AppliedCell> cells;

  const AppliedCell* find(const CellName& name) const;
  bool operator==(const AppliedRecord&) const = default;
};

inline constexpr const char* kAppliedRecord = "portcullis.applied";
inline constexpr const char* kMainCf = "main.cf";
inline constexpr const char* kMasterCf = "master.cf";

// "25/inet" of "25/inet/smtpd_timeout" and of "25/inet".
std::string service_of(const std::string& setting);
// "smtpd_timeout"; empty for a service as a whole.
std::string parameter_of(const std::string& setting);

// JSON, and back. A text that is no record is a Problem.
std::string to_json(const AppliedRecord& record);
tl::expected<AppliedRecord, Problem> parse_applied_record(const std::string& text);

}  // namespace portcullis
