#include "formats/symantec.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "formats/address_entry.h"
#include "formats/delimited_words.h"
#include "formats/one_action.h"
#include "formats/reading.h"
#include "formats/tally.h"
#include "formats/text_lines.h"
#include "formats/unique_lines.h"
#include "formats/writing.h"

namespace portcullis {
namespace {

constexpr std::string_view kFormat = "a Symantec list";

bool is_entry(std::string_view text) {
  const auto parsed = parse_entry(text);
  if (!parsed) return false;
  const auto* name = std::get_if<HostName>(&parsed->names);
  return name == nullptr || name->text.find('.') != std::string_view::npos;
}

// The headings that people give a column of entries.
bool is_heading(std::string_view text) {
  static constexpr std::array<std::string_view, 18> kHeadings = {
      "ip",      "address",  "addresses", "domain", "domains", "host",
      "hosts",   "hostname", "name",      "sender", "senders", "entry",
      "entries", "network",  "networks",  "cidr",   "or",      "ip/domain"};
  while (!text.empty()) {
    std::string word(take_word(text));
    for (char& c : word) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    if (std::ranges::find(kHeadings, word) == kHeadings.end()) return false;
  }
  return true;
}

bool is_header(const std::vector<DelimitedWord>& words) {
  return std::ranges::all_of(
      words, [](const DelimitedWord& word) { return !word.problem && is_heading(word.text); });
}

// "fe80 ::/10", "10.0.0.0 /8": an entry that blanks have cut into several words.
struct CutEntry {
  std::size_t words = 0;  // 0: there is none
  std::string joined;
};

bool belongs_together(const DelimitedWord& left, const DelimitedWord& right) {
  constexpr std::string_view kJoints = ".:/-";
  return right.after_blanks && !left.problem && !right.problem &&
         (kJoints.find(left.text.back()) != std::string_view::npos ||
          kJoints.find(right.text.front()) != std::string_view::npos);
}

CutEntry find_cut_entry(const std::vector<DelimitedWord>& words, std::size_t at) {
  CutEntry cut{0, words[at].text};
  bool whole = is_entry(words[at].text);
  for (std::size_t i = at + 1; i < std::min(at + 3, words.size()); ++i) {
    if (!belongs_together(words[i - 1], words[i])) break;
    cut.joined += words[i].text;
    whole = whole && is_entry(words[i].text);
    if (!whole && is_entry(cut.joined)) {
      cut.words = i - at + 1;
      return cut;
    }
  }
  return {};
}

class SymantecReader {
 public:
  explicit SymantecReader(const ReadOptions& options) : reading_(options) {}

  ListReading read(std::string_view text) {
    TextLines lines(text);
    // However long a line is: it may hold the whole list.
    while (const auto line = lines.next()) read_line(*line);
    note_domains();
    return reading_.take();
  }

 private:
  void read_line(const TextLine& line) {
    const auto words = split_delimited_words(line.text);
    if (words.empty()) {
      if (!line.text.empty()) reading_.note(line.number, line.text, {"holds no entry"});
      return;
    }
    if (!std::exchange(seen_words_, true) && is_header(words)) {
      reading_.note(line.number, line.text, {"is read as a header row: it holds no entry"});
      return;
    }
    for (std::size_t i = 0; i < words.size();) {
      if (words[i].text.starts_with('#')) {
        reading_.refuse(line.number, line.text.substr(words[i].start),
                        {fmt::format("starts a comment: {} has none", kFormat),
                         "remove it, or read the list as another format"});
        return;
      }
      i += read_words(words, i, line);
    }
  }

  // Returns how many words it was.
  std::size_t read_words(const std::vector<DelimitedWord>& words, std::size_t at,
                         const TextLine& line) {
    const DelimitedWord& word = words[at];
    if (const CutEntry cut = find_cut_entry(words, at); cut.words > 0) {
      const std::size_t end = words[at + cut.words - 1].end;
      reading_.refuse(line.number, line.text.substr(word.start, end - word.start),
                      {"has a blank within", fmt::format("write {}", cut.joined)});
      return cut.words;
    }
    if (word.problem) {
      reading_.refuse(line.number, line.text.substr(word.start, word.end - word.start),
                      *word.problem);
    } else {
      read_entry(word.text, line.number);
    }
    return 1;
  }

  void read_entry(std::string_view text, std::uint32_t line) {
    const std::string_view domain = text.substr(std::min<std::size_t>(1, text.size()));
    if (text.starts_with("*.") && is_entry(domain)) {
      read_wildcard(text, line);
      return;
    }
    const auto parsed = parse_entry(text);
    const bool name = parsed && std::holds_alternative<HostName>(parsed->names);
    if (name && !is_entry(text)) {
      refuse_bare_label(text, line);
    } else if (name) {
      read_domain(text, line);
    } else if (auto problem = not_an_address_of(kFormat, text, {})) {
      reading_.refuse(line, text, *std::move(problem));
    } else {
      reading_.add_text(text, at_line(line));
    }
  }

  void read_wildcard(std::string_view text, std::uint32_t line) {
    Problem problem{"has a wildcard", fmt::format("write {}", text.substr(1))};
    if (reading_.options().strict) {
      reading_.refuse(line, text, std::move(problem));
      return;
    }
    reading_.repair(line, text, std::move(problem));
    reading_.add_text(text.substr(1), at_line(line));
  }

  void refuse_bare_label(std::string_view text, std::uint32_t line) {
    reading_.refuse(line, text,
                    {"is neither an address nor a domain",
                     text == "localhost" ? "write 127.0.0.1 and ::1"
                                         : "write a domain with its dots; there are no comments"});
  }

  void read_domain(std::string_view text, std::uint32_t line) {
    if (text.starts_with('.')) {
      reading_.add_text(text, at_line(line));
      return;
    }
    domains_.add(line, text);
    const bool below = reading_.options().domains_cover_subdomains;
    reading_.add_text(fmt::format("{}{}", below ? "." : "", text), at_line(line), text);
  }

  void note_domains() {
    if (domains_.empty()) return;
    const std::string more = domains_.and_more();
    if (reading_.options().domains_cover_subdomains) {
      reading_.note(domains_.line(), domains_.text(),
                    {"is read as the domain and all below it" + more});
    } else {
      reading_.note(
          domains_.line(), domains_.text(),
          {"is read as that name alone" + more, "use --subdomains if all below it is meant too"});
    }
  }

  static ListEntry at_line(std::uint32_t line) {
    ListEntry entry;
    entry.line = line;
    return entry;
  }

  Reading reading_;
  Tally domains_;  // without a leading dot
  bool seen_words_ = false;
};

}  // namespace

ListReading read_symantec(std::string_view text, const ReadOptions& options) {
  return SymantecReader(options).read(text);
}

ListWriting write_symantec(std::span<const ListEntry> entries, const WriteOptions& options) {
  Writing writing(kFormat, options);
  UniqueLines lines(writing.text());
  Tally names;
  for (const ListEntry* entry : entries_of_one_action(entries, writing)) {
    const auto* name = std::get_if<ListedName>(&entry->listed);
    if (name == nullptr && !writing.names_addresses(*entry)) continue;
    if (!writing.holds_for_good(*entry)) continue;
    writing.lose_comment(*entry);
    if (name != nullptr) {
      if (!name->text.starts_with('.')) names.add(entry->line, name->text);
      lines.add(name->text);
    }
    for (const IpPrefix& network : networks_of(entry->listed)) lines.add(network.to_string());
  }
  if (!names.empty()) {
    writing.warn(
        fmt::format("holds {} as a name alone{}: the product may take such a name with all "
                    "below it",
                    names.text(), names.and_more()));
  }
  return writing.take();
}

}  // namespace portcullis
