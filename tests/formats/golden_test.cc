// Golden files: a text of some other program and what we read of it. A new case is two files and no
// code: tests/data/formats/FORMAT/NAME.in and NAME.expected. A first line "#options: strict set=x
// subdomains daemons=a,b file=f" of the text sets ReadOptions; it is handed to the reader with the
// rest as the comment that it is, or cut off where the format has no such comment ("#cut-options:
// ...").
#include "tests/support/golden.h"

#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/time_text.h"

#include "formats/format.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string format;
  std::string name;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const ListFormat& format : list_formats()) {
    const std::string folder = "formats/" + std::string(format.name);
    if (!fs::exists(golden::data_folder() / folder)) continue;
    for (const std::string& name : golden::cases(folder, ".in")) {
      cases.push_back({std::string(format.name), name});
    }
  }
  return cases;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// Takes the options from the first line of `text`.
ReadOptions take_options(std::string& text, const std::string& file) {
  ReadOptions options;
  options.file = file;
  options.now = *parse_time("2026-11-22T00:00:00Z");
  const bool cut = text.starts_with("#cut-options:");
  if (!cut && !text.starts_with("#options:")) return options;
  const std::size_t end = text.find('\n');
  for (const std::string& word : split(text.substr(0, end), ' ')) {
    if (word == "strict") options.strict = true;
    if (word == "subdomains") options.domains_cover_subdomains = true;
    if (word.starts_with("set=")) options.set = word.substr(4);
    if (word.starts_with("file=")) options.file = word.substr(5);
    if (word.starts_with("daemons=")) options.daemons = split(word.substr(8), ',');
  }
  if (cut) text.erase(0, end + 1);
  return options;
}

std::string to_text(const ListEntry& entry) {
  std::string text = fmt::format("{}: {}", entry.line, to_string(entry.listed));
  if (entry.action) text += fmt::format(" {}", to_string(*entry.action));
  if (entry.expires) text += " expires=" + time_text(*entry.expires);
  if (!entry.comment.empty()) text += " # " + entry.comment;
  return text + '\n';
}

std::string to_text(const FeedFacts& feed) {
  std::string text;
  if (!feed.name.empty()) text += "name: " + feed.name + '\n';
  if (!feed.source.empty()) text += "source: " + feed.source + '\n';
  if (feed.declared_entries) text += fmt::format("declares {} entries\n", *feed.declared_entries);
  if (feed.cut_short) text += "cut short\n";
  if (feed.made_at) text += "made at " + time_text(*feed.made_at) + '\n';
  if (feed.expires) text += "expires " + time_text(*feed.expires) + '\n';
  for (const std::string& terms : feed.terms) text += "terms: " + terms + '\n';
  return text;
}

std::string judged(const ListReading& reading) {
  std::string text;
  for (const ListEntry& entry : reading.entries) text += to_text(entry);
  text += to_text(reading.feed);
  return text + reading.diagnostics.format_all() +
         fmt::format("read {}, repaired {}, refused {}\n", reading.entries.size(),
                     reading.diagnostics.warnings(), reading.diagnostics.errors());
}

class FormatCase : public testing::TestWithParam<Case> {};

TEST_P(FormatCase, IsReadAsExpected) {
  const auto& [format, name] = GetParam();
  const fs::path folder = golden::data_folder() / "formats" / format;
  std::string text = golden::read_file(folder / (name + ".in"));
  // hosts.allow and hosts.deny are told by their names.
  const ReadOptions options = take_options(text, format == "hosts-allow" ? "hosts.allow" : name);
  golden::compare(folder / (name + ".expected"),
                  judged(read_as(*find_list_format(format), text, options)));
}

INSTANTIATE_TEST_SUITE_P(Golden, FormatCase, testing::ValuesIn(all_cases()),
                         [](const auto& parameter) {
                           return golden::test_name(parameter.param.format + '_' +
                                                    parameter.param.name);
                         });

}  // namespace
}  // namespace portcullis
