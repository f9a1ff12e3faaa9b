// Lists of other programs that we write and read again, and texts that nobody wrote on purpose.

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/formats/list_samples.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

#include "formats/format.h"
#include "formats/raw_lines.h"

namespace portcullis::testing {
namespace {

const std::vector<std::string> kWritten = {"postfix-cidr", "sendmail-access", "rspamd"};
const std::vector<std::string> kRead = {"postfix-cidr", "sendmail-access", "rspamd", "hosts-allow"};

TEST(MtaRoundTrip, KeepsWhatTheListSaysOfEveryAddress) {
  for (const std::uint64_t seed : seeds()) {
    Random random(seed);
    for (int round = 0; round < 25; ++round) {
      for (const std::string& name : kWritten) {
        const ListFormat& format = *find_list_format(name);
        WriteOptions options;
        options.action = random() % 2 == 0 ? Action::deny : Action::permit;
        auto entries = random_list(1 + below(30, random), random);
        if (name == "rspamd") {
          for (ListEntry& entry : entries) entry.action = options.action;
        }
        std::erase_if(entries, [&](const ListEntry& entry) {
          return format.write({&entry, 1}, options).diagnostics.has_errors();
        });
        const ListWriting written = format.write(entries, options);
        ASSERT_EQ(written.diagnostics.format_all(), "") << name;
        const ListReading reading = format.read(written.text, {});
        ASSERT_EQ(reading.diagnostics.errors() + reading.diagnostics.warnings(), 0u)
            << name << "\n"
            << reading.diagnostics.format_all();
        for (const IpAddress& each : telling_addresses(networks_of_all(entries), 200, random)) {
          ASSERT_EQ(said_of(reading.entries, each, options.action),
                    said_of(entries, each, options.action))
              << name << ' ' << each.to_string() << "\n"
              << written.text;
        }
      }
    }
  }
}

TEST(MtaRoundTrip, KeepsCommentsThatStandAlone) {
  for (const std::string& name : kWritten) {
    const ListFormat& format = *find_list_format(name);
    ListEntry first;
    first.listed = IpPrefix::host(*IpAddress::parse("192.0.2.1"));
    first.comment = "# of us: \"why\"";
    ListEntry second;
    second.listed = IpPrefix::host(*IpAddress::parse("2001:db8::1"));
    const ListReading reading = format.read(format.write(std::vector{first, second}, {}).text, {});
    ASSERT_EQ(reading.entries.size(), 2u) << name;
    EXPECT_EQ(reading.entries[0].comment, first.comment) << name;
    EXPECT_EQ(reading.entries[1].comment, "") << name;
  }
}

// Cuts, doubles, swaps and overwrites parts of a text.
std::string mutated(std::string text, const std::string& other, Random& random) {
  static constexpr std::string_view kBytes = "\n\n \t#:!/.0129[],\\abfFRX\r\xc2\xa0\"-";
  for (std::size_t changes = 1 + below(6, random); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = below(text.size(), random);
    const std::size_t size = below(std::min<std::size_t>(text.size() - at, 12) + 1, random);
    switch (random() % 5) {
      case 0:
        text.erase(at, size);
        break;
      case 1:
        text.insert(at, text.substr(below(text.size(), random), size));
        break;
      case 2:
        text[at] = kBytes[below(kBytes.size(), random)];
        break;
      case 3:
        text.insert(at, 1, static_cast<char>(random()));
        break;
      default:
        text.insert(at, other.substr(below(other.size() + 1, random), 30));
    }
  }
  return text;
}

// Whether a line stands for nothing by itself in this format: blank, a comment, one that continues
// another, or a condition.
class SilentLines {
 public:
  explicit SilentLines(std::string_view format) : format_(format) {}

  bool is_silent(std::string_view line) {
    const bool continues = format_ == "hosts-allow" && continued_;
    continued_ = line.ends_with('\\');  // comments too
    const std::string_view text = strip(line);
    if (continues || text.empty() || line.starts_with('#')) return true;
    if (format_ == "rspamd" || format_ == "postfix-cidr") {
      if (text.starts_with('#')) return true;
    }
    if (format_ != "postfix-cidr") return false;
    const auto starts = [&](std::string_view word) {
      return std::ranges::equal(text.substr(0, word.size()), word, {},
                                [](char c) { return static_cast<char>(c | 0x20); });
    };
    if (is_space(line.front())) return true;
    return starts("if") || starts("endif");
  }

 private:
  std::string_view format_;
  bool continued_ = false;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    all.push_back(std::move(line));
  }
  return all;
}

// What hosts_access(5) reads from line `first` on: lines that end with a backslash go on.
std::string joined(const std::vector<std::string>& lines, std::size_t first) {
  std::string all;
  for (std::size_t i = first; i < lines.size(); ++i) {
    all += lines[i];
    if (!all.ends_with('\\')) break;
    all.pop_back();
  }
  return all;
}

void expect_every_line_accounted_for(const std::string& format, const std::string& text) {
  const ListReading reading = find_list_format(format)->read(text, {});
  std::set<std::uint32_t> accounted;
  for (const ListEntry& entry : reading.entries) accounted.insert(entry.line);
  for (const Diagnostic& each : reading.diagnostics.sorted()) accounted.insert(each.line);
  SilentLines silent(format);
  const std::vector<std::string> lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (silent.is_silent(lines[i])) continue;
    // A backslash alone before a blank line or a comment is one of these.
    if (format == "hosts-allow") {
      const std::string whole = joined(lines, i);
      if (strip(whole).empty() || whole.starts_with('#')) continue;
    }
    EXPECT_TRUE(accounted.contains(static_cast<std::uint32_t>(i + 1)))
        << format << " line " << i + 1 << ":\n"
        << ::testing::PrintToString(text) << "\n"
        << reading.diagnostics.format_all();
  }
}

// What random texts have found.
TEST(MtaMutations, ABackslashBeforeABlankLineSaysNothing) {
  expect_every_line_accounted_for("hosts-allow", "smtpd: 192.0.2.1\n\\\n \n# comment\n");
  expect_every_line_accounted_for("hosts-allow", "\\\n# comment\nsmtpd: 192.0.2.1\n");
  const ListReading read = find_list_format("hosts-allow")->read("\\\nsmtpd: 192.0.2.1\n", {});
  EXPECT_TRUE(!read.entries.empty() || read.diagnostics.errors() > 0)
      << "it joins, and hides nothing";
}

TEST(MtaMutations, EveryLineOfThemIsReadOrReported) {
  for (const std::string& format : kRead) {
    std::vector<std::string> texts;
    for (const std::string& name : golden::cases("formats/" + format, ".in")) {
      texts.push_back(
          golden::read_file(golden::data_folder() / "formats" / format / (name + ".in")));
    }
    for (const std::uint64_t seed : seeds()) {
      Random random(seed);
      for (int round = 0; round < 3000; ++round) {
        const std::string& text = texts[below(texts.size(), random)];
        const std::string& other = texts[below(texts.size(), random)];
        expect_every_line_accounted_for(format, mutated(text, other, random));
        if (::testing::Test::HasFailure()) return;
      }
    }
  }
}

}  // namespace
}  // namespace portcullis::testing
