// What dump prints is read as the same policy: for every option, in every way in which the reader
// takes it.

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "config/options.h"
#include "config/policy_file.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/support/policy_with_option.h"

namespace portcullis::testing {
namespace {

using Strings = std::vector<std::string>;

constexpr std::size_t kMaxLine = 196;

// Values that the types take, the odd ones too; of a list, items.
const std::map<OptionType, Strings> kValues = {
    {OptionType::text, {"word", ";word", "[word]", "a=b"}},
    {OptionType::path, {"/x", "/x;y", "/" + std::string(150, 'x')}},
    {OptionType::socket, {"unix:/run/x", "inet6:8891@::1"}},
    {OptionType::boolean, {"yes"}},
    {OptionType::count, {"7"}},
    {OptionType::count_or_unlimited, {"7", "unlimited"}},
    {OptionType::duration, {"7s"}},
    {OptionType::mode, {"0600"}},
    {OptionType::port, {"26"}},
    {OptionType::port_or_off, {"off", "465"}},
    {OptionType::addresses, {"192.0.2.1", "2001:db8::1"}},
    {OptionType::prefix_length, {"24"}},
    {OptionType::reply, {"554 5.7.1 No; see https://example.com/?a=b"}},
    {OptionType::clients,
     {"192.0.2.1", "2001:db8::/32", "192.0.3.1-192.0.3.9 expires=2030-01-31T00:00:00Z",
      ".spam.example", "localhost"}},
    {OptionType::names, {"x"}},
    {OptionType::certificates, {"x"}},
    {OptionType::size, {"10M"}},
    {OptionType::phrase, {"ESMTP ready", ";", ";x", "[x]", "a = b", "a;b"}},
    {OptionType::host_name, {"mx.example.com"}},
    {OptionType::host_names, {"mx.example.com", "192.0.2.1", "2001:db8::1"}},
    {OptionType::domains, {"example.com", ".example.org"}},
    {OptionType::networks, {"192.0.2.0/24", "2001:db8::/32"}},
    {OptionType::hosts,
     {"[2001:db8::1]:25", "[2001:db8::2]:25", "mx.example.com:26", "[mx]", "[192.0.2.1]:25",
      "[2001:db8:1111:2222:3333:4444:5555:6666]:2525", "192.0.2.2"}},
};

Strings values_of(const Option& option) {
  if (option.type != OptionType::choice) return kValues.at(option.type);
  Strings words;
  for (const std::string_view word : split_words(option)) words.emplace_back(word);
  return words;
}

// What can stand behind "key": the values alone, behind and below each other, and filled up to the
// longest line that there may be.
Strings ways_to_write(const Option& option) {
  Strings ways;
  const Strings values = values_of(option);
  for (const std::string& value : values) {
    for (const std::string before : {" = ", "=", " =\n ", " =\n    "})
      ways.push_back(before + value);
  }
  if (option.type == OptionType::phrase || option.type == OptionType::reply) {
    const std::string start = "554 5.7.1 ";
    const std::size_t beside = kMaxLine - option.name.size() - 1 - start.size();
    const std::string below = " =\n " + start + std::string(kMaxLine - 1 - start.size(), 'y');
    ways.push_back('=' + start + std::string(beside, 'x'));
    ways.push_back(ways.back() + "\n " + std::string(kMaxLine - 1, 'y'));
    ways.push_back(below);
    ways.push_back(below + "\n " + std::string(kMaxLine - 1, 'z'));
  }
  if (!is_list(option.type)) return ways;
  for (std::size_t from = 0; from < values.size(); ++from) {
    const Strings items(values.begin() + static_cast<std::ptrdiff_t>(from), values.end());
    ways.push_back(fmt::format("={}", fmt::join(items, ",")));
    ways.push_back(fmt::format(" =\n {}", fmt::join(items, ",")));
    ways.push_back(fmt::format(" = {}", fmt::join(items, "\n    ")));
    // Four on a line, as close as they may stand.
    std::string crowded = "=" + items.front();
    for (std::size_t i = 1; i < items.size(); ++i) crowded += (i % 4 == 0 ? "\n " : ",") + items[i];
    ways.push_back(crowded);
  }
  return ways;
}

Report dump(const std::string& path, Strings more = {}) {
  Strings words = {"portcullis", "-c", path, "dump"};
  words.insert(words.end(), more.begin(), more.end());
  std::vector<const char*> arguments;
  for (const std::string& word : words) arguments.push_back(word.c_str());
  return run_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(DumpRoundTrip, WhatIsPrintedIsReadAsTheSame) {
  const ScratchDirectory folder("dump");
  for (const Option& option : options()) {
    std::size_t taken = 0;
    for (const std::string& way : ways_to_write(option)) {
      const std::string written = policy_with_option(option, way);
      const std::string path = folder.write("written.conf", written);
      if (!load_policy(path)) continue;  // the reader does not take this
      ++taken;
      for (const Strings& how : {Strings(), Strings{"--defaults"}}) {
        const Report dumped = dump(path, how);
        ASSERT_EQ(dumped.code, ExitCode::ok) << dumped.errors;
        const std::string copy = folder.write("dumped.conf", dumped.output);
        const auto loaded = load_policy(copy);
        ASSERT_TRUE(loaded) << loaded.error().format_all() << dumped.output << written;
        EXPECT_EQ(dump(copy, {"--json"}).output, dump(path, {"--json"}).output) << written;
      }
    }
    EXPECT_GE(taken, 2U) << option.name << ": there is hardly a value that it takes";
  }
}

}  // namespace
}  // namespace portcullis::testing
