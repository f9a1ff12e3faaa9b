#include "formats/csv_records.h"

#include <algorithm>

#include <fmt/format.h>

#include "config/entry_line.h"

#include "formats/reading.h"

namespace portcullis {
namespace {

// Reads the lines of one record.
class RecordReader {
 public:
  explicit RecordReader(CsvRecord& record) : record_(record) {}

  // True if the record goes on behind this line.
  bool read_line(std::string_view line) {
    bytes_ += line.size();
    if (bytes_ > Reading::kMaxLine) {
      return fail(fmt::format("starts a record of more than {} bytes", Reading::kMaxLine),
                  "is a quotation mark missing?");
    }
    if (line.find('\0') != std::string_view::npos) {
      return fail("holds a NUL byte", "write plain text");
    }
    rest_ = line;
    if (in_quotes_) {
      record_.fields.back() += ' ';
      record_.spans_lines = true;
      if (!read_quoted()) return in_quotes_;
    }
    while (read_field()) {
    }
    return in_quotes_;
  }

 private:
  // Each of these is true if another field follows on the line.
  bool read_field() {
    rest_ = trim(rest_);
    if (!rest_.starts_with('"')) return read_plain();
    rest_.remove_prefix(1);
    record_.fields.emplace_back();
    in_quotes_ = true;
    return read_quoted();
  }

  bool read_plain() {
    const std::size_t comma = rest_.find(',');
    const std::string_view field = trim(rest_.substr(0, comma));
    if (field.find('"') != std::string_view::npos) {
      return fail("has a quotation mark in a field without quotation marks",
                  "quote the whole field, and double the quotation marks in it");
    }
    record_.fields.emplace_back(field);
    if (comma == std::string_view::npos) return false;
    rest_.remove_prefix(comma + 1);
    return true;
  }

  bool read_quoted() {
    std::string& field = record_.fields.back();
    while (true) {
      const std::size_t quote = rest_.find('"');
      field += rest_.substr(0, quote);
      if (quote == std::string_view::npos) return false;
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      field += '"';
      rest_.remove_prefix(1);
    }
    in_quotes_ = false;
    field = std::string(trim(field));
    rest_ = trim(rest_);
    if (rest_.empty()) return false;
    if (!rest_.starts_with(',')) {
      return fail("has a field that goes on behind its closing quotation mark",
                  "put a comma behind a quoted field, and double the quotation marks in it");
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool fail(std::string reason, std::string repair) {
    record_.problem = Problem{std::move(reason), std::move(repair)};
    in_quotes_ = false;
    return false;
  }

  CsvRecord& record_;
  std::string_view rest_;
  std::size_t bytes_ = 0;
  bool in_quotes_ = false;
};

}  // namespace

std::optional<CsvRecord> CsvRecords::next() {
  auto line = lines_.next();
  while (line && line->text.empty()) line = lines_.next();
  if (!line) return {};

  CsvRecord record;
  record.text = line->text;
  record.line = line->number;
  const TextLines behind_first_line = lines_;
  RecordReader reader(record);
  while (reader.read_line(line->text)) {
    line = lines_.next();
    if (!line) {
      record.problem = Problem{"has a quoted field that does not end",
                               "close it with a quotation mark, or remove the one that opens it"};
      break;
    }
  }
  if (record.problem) lines_ = behind_first_line;
  return record;
}

std::string csv_field(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos && trim(field) == field) {
    return std::string(field);
  }
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace portcullis
