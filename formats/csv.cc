#include "formats/csv.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "config/entry_line.h"
#include "config/time_text.h"

#include "formats/csv_records.h"
#include "formats/one_action.h"
#include "formats/reading.h"
#include "formats/sender_text.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

enum class Column : std::uint8_t { address, comment, expires, other };

Column column_of(std::string_view heading) {
  static constexpr std::array kHeadings = {
      std::pair<std::string_view, Column>{"address", Column::address},
      std::pair<std::string_view, Column>{"ip", Column::address},
      std::pair<std::string_view, Column>{"ip address", Column::address},
      std::pair<std::string_view, Column>{"network", Column::address},
      std::pair<std::string_view, Column>{"cidr", Column::address},
      std::pair<std::string_view, Column>{"entry", Column::address},
      std::pair<std::string_view, Column>{"comment", Column::comment},
      std::pair<std::string_view, Column>{"description", Column::comment},
      std::pair<std::string_view, Column>{"note", Column::comment},
      std::pair<std::string_view, Column>{"expires", Column::expires},
      std::pair<std::string_view, Column>{"expiry", Column::expires},
  };
  std::string folded(heading);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  const auto* const found =
      std::ranges::find(kHeadings, folded, &std::pair<std::string_view, Column>::first);
  return found == kHeadings.end() ? Column::other : found->second;
}

// True for what can hardly be meant as a heading.
bool is_client(std::string_view text) {
  const auto parsed = parse_entry(text);
  if (!parsed) return false;
  const auto* name = std::get_if<HostName>(&parsed->names);
  return name == nullptr || name->text.find('.') != std::string_view::npos;
}

bool starts_formula(std::string_view field) {
  return !field.empty() && std::string_view("=+-@").find(field.front()) != std::string_view::npos;
}

std::string guarded(std::string_view field) {
  const bool hold = starts_formula(field) || field.starts_with('\'');
  return csv_field(hold ? fmt::format("'{}", field) : std::string(field));
}

std::string_view without_guard(std::string_view field) {
  if (!field.starts_with('\'')) return field;
  const std::string_view behind = field.substr(1);
  return starts_formula(behind) || behind.starts_with('\'') ? behind : field;
}

class CsvReader {
 public:
  explicit CsvReader(const ReadOptions& options) : reading_(options) {}

  ListReading read(std::string_view text) {
    CsvRecords records(text);
    bool first = true;
    while (const auto record = records.next()) {
      if (record->problem) {
        reading_.refuse(record->line, record->text, *record->problem);
      } else if (!first || !read_header(*record)) {
        read_record(*record);
      }
      first = false;
    }
    return reading_.take();
  }

 private:
  // False if it is none.
  bool read_header(const CsvRecord& record) {
    std::vector<Column> columns;
    for (const std::string& heading : record.fields) columns.push_back(column_of(heading));
    if (!is_header(record, columns)) return false;
    if (std::ranges::find(columns, Column::address) == columns.end()) {
      reading_.refuse(record.line, record.text,
                      {"names no column of addresses", "head one of them \"address\""});
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto before = columns.begin() + static_cast<std::ptrdiff_t>(i);
      if (columns[i] == Column::other) {
        reading_.repair(record.line, record.fields[i],
                        {"is a column that is not read", "known here: address, comment, expires"});
      } else if (std::find(columns.begin(), before, columns[i]) != before) {
        reading_.repair(record.line, record.fields[i],
                        {"is a second column of its kind, and is not read"});
        columns[i] = Column::other;
      }
    }
    columns_ = std::move(columns);
    return true;
  }

  // A first record with a comment such as "network" is none.
  static bool is_header(const CsvRecord& record, const std::vector<Column>& columns) {
    if (std::ranges::any_of(record.fields, is_client)) return false;
    const auto is_known = [](Column column) { return column != Column::other; };
    return std::ranges::find(columns, Column::address) != columns.end() ||
           std::ranges::all_of(columns, is_known);
  }

  std::string_view field(const CsvRecord& record, Column column) const {
    const auto found = std::ranges::find(columns_, column);
    const auto at = static_cast<std::size_t>(found - columns_.begin());
    if (found == columns_.end() || at >= record.fields.size()) return {};
    return without_guard(record.fields[at]);
  }

  // True if there is nothing behind the last column.
  bool fits(const CsvRecord& record) {
    for (std::size_t i = columns_.size(); i < record.fields.size(); ++i) {
      if (record.fields[i].empty()) continue;
      reading_.refuse(record.line, record.fields[i],
                      {fmt::format("stands behind the last of the {} columns", columns_.size()),
                       "quote a field that has a comma"});
      return false;
    }
    return true;
  }

  void read_record(const CsvRecord& record) {
    if (std::ranges::all_of(record.fields, &std::string::empty)) {
      reading_.note(record.line, record.text, {"holds no entry"});
      return;
    }
    if (!fits(record)) return;
    ListEntry like;
    like.line = record.line;
    like.comment = Reading::comment(field(record, Column::comment));
    if (const std::string_view expires = field(record, Column::expires); !expires.empty()) {
      const auto time = parse_time(expires);
      if (!time) {
        reading_.refuse(record.line, expires,
                        {time.error().reason, "write it like 2027-01-31T00:00:00Z"});
        return;
      }
      like.expires = *time;
    }
    if (record.spans_lines) {
      reading_.repair(record.line, record.text,
                      {"goes on behind the end of its line", "a comment is kept on one line"});
    }
    read_address(record, std::move(like));
  }

  void read_address(const CsvRecord& record, ListEntry like) {
    const std::string_view address = field(record, Column::address);
    if (address.empty()) {
      reading_.refuse(record.line, record.text, {"has no address"});
    } else if (address.starts_with('#')) {
      reading_.refuse(record.line, record.text, {"starts a comment: a table has none"});
    } else if (address.find_first_of(";\t") != std::string_view::npos) {
      reading_.refuse(record.line, record.text,
                      {"is not cut into columns", "save the table with commas between them"});
    } else {
      add_client_or_sender(reading_, address, std::move(like));
    }
  }

  Reading reading_;
  std::vector<Column> columns_ = {Column::address, Column::comment, Column::expires};
};

std::string row(const ListEntry& entry, std::string_view comment) {
  return fmt::format("{},{},{}\r\n", guarded(to_string(entry.listed)), guarded(comment),
                     entry.expires ? time_text(*entry.expires) : std::string());
}

}  // namespace

ListReading read_csv(std::string_view text, const ReadOptions& options) {
  return CsvReader(options).read(text);
}

ListWriting write_csv(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing("a table", options);
  writing.text() = "address,comment,expires\r\n";
  for (const ListEntry* entry : entries_of_one_action(entries, writing)) {
    std::string line = row(*entry, entry->comment);
    if (line.size() > Reading::kMaxLine) {
      writing.lose(*entry, "is written without its comment, which makes the line too long");
      line = row(*entry, {});
    }
    writing.text() += line;
  }
  return writing.take();
}

}  // namespace portcullis
