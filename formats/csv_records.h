#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

#include "formats/text_lines.h"

namespace portcullis {

// One record of a table (RFC 4180): fields with commas between them, of which some are quoted.
struct CsvRecord {
  std::vector<std::string> fields;  // without quotation marks; blanks at their ends are gone
  std::string_view text;            // as it was written, up to its first line end
  std::uint32_t line = 0;           // the first of them
  bool spans_lines = false;         // a quoted field holds line ends: now a blank each
  // Set: it could not be read. The next record is then that of the next line, so that a quotation
  // mark too many costs one line.
  std::optional<Problem> problem;
};

// Goes through the records of a text. Line ends and the byte order mark are those of TextLines;
// blank lines are no records. A record has at most Reading::kMaxLine bytes, and no NUL.
class CsvRecords {
 public:
  explicit CsvRecords(std::string_view text) : lines_(text) {}

  // The next record, or nothing at the end.
  std::optional<CsvRecord> next();

 private:
  TextLines lines_;
};

// `field` as a record has it: quoted if need be.
std::string csv_field(std::string_view field);

}  // namespace portcullis
