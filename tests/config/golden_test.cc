// Golden files: an input under tests/data/ and what is expected of it. A new case is two files and
// no code:
//   tests/data/policy/NAME/policy.conf and its lists, expected   load_policy()
//   tests/data/list/NAME.list, NAME.expected                     read_list()
//   tests/data/entry/NAME.in, NAME.expected                      parse_entry(), an entry on a line

#include "tests/support/golden.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/entry_text.h"
#include "config/list_file.h"
#include "config/policy_file.h"
#include "config/text_file.h"
#include "policy/printable.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

std::string summary(const LoadedPolicy& loaded) {
  return fmt::format("ok: {} listeners, {} classes, {} entries\n",
                     loaded.policy->listeners().size(), loaded.policy->classes().size(),
                     loaded.policy->entry_count());
}

std::string errors_of(const Diagnostics& diagnostics) {
  return fmt::format("{}refused: {} errors\n", diagnostics.format_all(), diagnostics.errors());
}

class PolicyCase : public testing::TestWithParam<std::string> {};

TEST_P(PolicyCase, GivesTheExpectedDiagnostics) {
  const fs::path folder = golden::data_folder() / "policy" / GetParam();
  const auto loaded = load_policy(folder / "policy.conf");
  const std::string actual =
      loaded ? loaded->diagnostics.format_all() + summary(*loaded) : errors_of(loaded.error());
  golden::compare(folder / "expected", golden::without(actual, folder.string() + '/'));
}

INSTANTIATE_TEST_SUITE_P(Golden, PolicyCase, testing::ValuesIn(golden::cases("policy", "")),
                         [](const auto& parameter) { return golden::test_name(parameter.param); });

class ListCase : public testing::TestWithParam<std::string> {};

TEST_P(ListCase, GivesTheExpectedDiagnostics) {
  const std::string name = GetParam() + ".list";
  Diagnostics diagnostics;
  std::size_t entries = 0;
  const auto file = read_text_file(golden::data_folder() / "list" / name, TextFileKind::list);
  if (file) {
    PolicyBuilder builder;
    const SourceIndex source = builder.add_source(builder.add_class({}), name);
    entries = read_list(file->text, name, builder, source, diagnostics);
  } else {
    const auto& [line, problem] = file.error();
    diagnostics.error(name, line, {}, problem.reason, problem.repair);
  }
  const std::string actual =
      diagnostics.has_errors()
          ? errors_of(diagnostics)
          : diagnostics.format_all() + fmt::format("ok: {} entries\n", entries);
  golden::compare(golden::data_folder() / "list" / (GetParam() + ".expected"), actual);
}

INSTANTIATE_TEST_SUITE_P(Golden, ListCase, testing::ValuesIn(golden::cases("list", ".list")),
                         [](const auto& parameter) { return golden::test_name(parameter.param); });

std::string to_text(const EntryText& entry) {
  if (const auto* network = std::get_if<IpPrefix>(&entry.names)) return network->to_string();
  if (const auto* range = std::get_if<AddressRange>(&entry.names)) {
    return fmt::format("{} to {}", range->first.to_string(), range->last.to_string());
  }
  return fmt::format("host name {}", std::get<HostName>(entry.names).text);
}

std::string to_text(std::string_view kind, const Problem& problem) {
  std::string text = fmt::format("{}: {}", kind, problem.reason);
  if (!problem.repair.empty()) text += fmt::format(" | {}", problem.repair);
  return text;
}

std::string judge(std::string_view text) {
  const auto entry = parse_entry(text);
  std::string judged = printable(text, 300) + "\n    ";
  if (!entry) return judged + to_text("error", entry.error()) + '\n';
  judged += to_text(*entry);
  if (entry->warning) judged += "\n    " + to_text("warning", *entry->warning);
  return judged + '\n';
}

class EntryCase : public testing::TestWithParam<std::string> {};

TEST_P(EntryCase, IsJudgedAsExpected) {
  const fs::path folder = golden::data_folder() / "entry";
  const std::string text = golden::read_file(folder / (GetParam() + ".in"));
  std::string actual;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    actual += judge(std::string_view(text).substr(start, end - start));
    start = end + 1;
  }
  golden::compare(folder / (GetParam() + ".expected"), actual);
}

INSTANTIATE_TEST_SUITE_P(Golden, EntryCase, testing::ValuesIn(golden::cases("entry", ".in")),
                         [](const auto& parameter) { return golden::test_name(parameter.param); });

}  // namespace
}  // namespace portcullis
