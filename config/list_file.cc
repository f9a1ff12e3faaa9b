#include "config/list_file.h"

#include <algorithm>
#include <cstdint>
#include <variant>

#include "config/plain_network.h"

namespace portcullis {
namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

class ListReader {
 public:
  ListReader(std::string_view text, const std::string& file, PolicyBuilder& builder,
             SourceIndex source, Diagnostics& diagnostics)
      : next_(text.data()),
        end_(text.data() + text.size()),
        file_(file),
        builder_(builder),
        source_(source),
        diagnostics_(diagnostics) {}

  std::size_t read() {
    while (next_ != end_) {
      ++line_;
      if (!read_plain_network()) read_line();
    }
    return entries_;
  }

 private:
  // Most lines of most lists. Leaves everything as it is if this line is another.
  bool read_plain_network() {
    IpPrefix network;
    const char* p = scan_plain_network(next_, end_, network);
    if (p == nullptr) return false;
    if (p != end_ && *p == '\r') ++p;
    if (p != end_ && *p++ != '\n') return false;
    next_ = p;
    ++entries_;
    builder_.add_network(source_, network, line_, std::nullopt);
    return true;
  }

  void read_line() {
    const char* const line_end = std::find(next_, end_, '\n');
    std::string_view line(next_, static_cast<std::size_t>(line_end - next_));
    next_ = line_end == end_ ? end_ : line_end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > kMaxLine) {
      diagnostics_.error(file_, line_, std::string(line.substr(0, 200)),
                         "is longer than 4096 bytes", "write one entry on a line");
      return;
    }
    line = trim(without_comment(line));
    if (line.empty()) return;
    ++entries_;
    if (const auto entry = parse_entry_line(line)) {
      add_entry(*entry, file_, line_, builder_, source_, diagnostics_);
    } else {
      const auto& [culprit, problem] = entry.error();
      diagnostics_.error(file_, line_, std::string(culprit), problem.reason, problem.repair);
    }
  }

  const char* next_;
  const char* end_;
  const std::string& file_;
  PolicyBuilder& builder_;
  SourceIndex source_;
  Diagnostics& diagnostics_;
  std::uint32_t line_ = 0;
  std::size_t entries_ = 0;
};

}  // namespace

std::string_view without_comment(std::string_view line) {
  for (std::size_t i = line.find_first_of("#;"); i != std::string_view::npos;
       i = line.find_first_of("#;", i + 1)) {
    if (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t') return line.substr(0, i);
  }
  return line;
}

std::size_t read_list(std::string_view text, const std::string& file, PolicyBuilder& builder,
                      SourceIndex source, Diagnostics& diagnostics) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return ListReader(text, file, builder, source, diagnostics).read();
}

void add_entry(const EntryLine& line, const std::string& file, std::uint32_t number,
               PolicyBuilder& builder, SourceIndex source, Diagnostics& diagnostics) {
  if (const auto& warning = line.entry.warning) {
    diagnostics.warning(file, number, std::string(line.text), warning->reason, warning->repair);
  }
  const auto& names = line.entry.names;
  if (const auto* network = std::get_if<IpPrefix>(&names)) {
    builder.add_network(source, *network, number, line.expires);
  } else if (const auto* range = std::get_if<AddressRange>(&names)) {
    builder.add_range(source, range->first, range->last, number, line.expires);
  } else if (const auto* host = std::get_if<HostName>(&names)) {
    builder.add_host_name(source, host->text, number, line.expires);
  }
}

}  // namespace portcullis
