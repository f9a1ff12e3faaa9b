// Golden policies: tests/data/lint/NAME/policy.conf with its lists, and what lint() says of them,
// in `expected`. Beside it may stand
//   host      lines "eth0 192.0.2.10/24" and "gateway 192.0.2.1"; without it: kHost
//   hits      lines "hit CLASS ENTRY TIME" and "cut CLASS": what a daemon has counted since kSince,
//             for find_unused_entries() with an age of kUnusedDays
//   services  lines "postfix NAME ADDRESS PORT MILTER CONNECTIONS CLIENT", "-" for none
// A new case is a folder and no code.

#include "tests/support/golden.h"

#include <algorithm>
#include <chrono>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/entry_line.h"
#include "config/sample_policy.h"
#include "config/time_text.h"

#include "lint/lint.h"
#include "lint/unused_entries.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNow = "2026-11-22T00:00:00Z";
constexpr std::string_view kSince = "2026-01-01T00:00:00Z";
constexpr int kUnusedDays = 90;
constexpr const char* kHost =
    "lo 127.0.0.1/8\n"
    "lo ::1/128\n"
    "eth0 203.0.113.10/24\n"
    "eth0 fe80::10/64\n"
    "gateway 203.0.113.1\n";

std::string file_or(const fs::path& path, const std::string& otherwise) {
  return fs::exists(path) ? golden::read_file(path) : otherwise;
}

HostAddresses parse_host(const std::string& text) {
  HostAddresses host;
  std::istringstream lines(text);
  for (std::string name, address; lines >> name >> address;) {
    const std::size_t slash = address.find('/');
    const auto parsed = IpAddress::parse(address.substr(0, slash));
    EXPECT_TRUE(parsed) << address;
    if (name == "gateway") {
      host.gateways.push_back(*parsed);
    } else {
      const auto length = static_cast<unsigned>(std::stoul(address.substr(slash + 1)));
      host.interfaces.push_back({name, *parsed, IpPrefix(*parsed, length)});
    }
  }
  return host;
}

std::optional<MtaLimit> parse_limit(const char* setting, const std::string& text) {
  if (text == "-") return {};
  return MtaLimit{setting, static_cast<std::uint32_t>(std::stoul(text))};
}

std::vector<MtaService> parse_services(const std::string& text) {
  std::vector<MtaService> services;
  std::istringstream lines(text);
  for (std::string mta, name, address, port, milter, connections, client;
       lines >> mta >> name >> address >> port >> milter >> connections >> client;) {
    MtaService service;
    service.mta = mta == "postfix" ? Mta::postfix : Mta::sendmail;
    service.where = fmt::format("{} service {}", to_string(service.mta), port);
    service.daemon_name = name == "-" ? "" : name;
    if (address != "-") service.address = *IpAddress::parse(address);
    service.port = static_cast<std::uint16_t>(std::stoul(port));
    service.asks_milter = milter == "milter";
    service.max_connections = parse_limit("total_limit", connections);
    service.max_connections_per_client = parse_limit("client_limit", client);
    services.push_back(std::move(service));
  }
  return services;
}

std::vector<ClassUse> parse_hits(const std::string& text, const Policy& policy) {
  std::vector<ClassUse> usage(policy.classes().size(), {*parse_time(kSince), {}, true});
  std::istringstream lines(text);
  for (std::string kind, name; lines >> kind >> name;) {
    const auto found = std::ranges::find(policy.classes(), name, &ClientClass::name);
    EXPECT_NE(found, policy.classes().end()) << name;
    ClassUse& use = usage.at(static_cast<std::size_t>(found - policy.classes().begin()));
    if (kind == "cut") {
      use.complete = false;
      continue;
    }
    EXPECT_EQ(kind, "hit");
    std::string entry, time;
    lines >> entry >> time;
    use.last.emplace(entry, parse_time(time).value());
  }
  return usage;
}

std::string counts_of(const Diagnostics& found) {
  std::string text;
  for (const CodeCount& kind : found.by_code()) {
    text += fmt::format("{} {} {}\n", kind.count, to_string(kind.severity), kind.code);
  }
  return text.empty() ? "nothing\n" : text;
}

class LintCase : public testing::TestWithParam<std::string> {};

TEST_P(LintCase, SaysWhatIsExpected) {
  const fs::path folder = golden::data_folder() / "lint" / GetParam();
  const std::string path = folder / "policy.conf";
  const auto loaded = load_policy(path, {}, {.keep_repeated = true});
  ASSERT_TRUE(loaded) << loaded.error().format_all();
  Diagnostics found = lint({path, *loaded, parse_host(file_or(folder / "host", kHost)),
                            parse_services(file_or(folder / "services", "")), *parse_time(kNow)});
  if (fs::exists(folder / "hits")) {
    const auto usage = parse_hits(golden::read_file(folder / "hits"), *loaded->policy);
    found.add_all(find_unused_entries(
        {path, *loaded, usage, *parse_time(kNow), std::chrono::days(kUnusedDays)}));
  }
  EXPECT_FALSE(found.has_errors());
  golden::compare(folder / "expected",
                  golden::without(found.format_all() + counts_of(found), folder.string() + '/'));
}

INSTANTIATE_TEST_SUITE_P(Golden, LintCase, testing::ValuesIn(golden::cases("lint", "")),
                         [](const auto& parameter) { return golden::test_name(parameter.param); });

TEST(Lint, EveryCodeIsInTheManualPage) {
  const std::string page = golden::read_file(golden::data_folder() / ".." / ".." / "docs" / "man" /
                                             "portcullis-check.1");
  std::size_t codes = 0;
  for (const std::string& name : golden::cases("lint", "")) {
    std::istringstream lines(golden::read_file(golden::data_folder() / "lint" / name / "expected"));
    // "2 warning duplicate-entry", behind the diagnostics.
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::size_t count = 0;
      std::string severity, code;
      if (!(words >> count >> severity >> code)) continue;
      ++codes;
      EXPECT_NE(page.find(".It Ql " + code + "\n"), std::string::npos) << code;
    }
  }
  EXPECT_GT(codes, 20U);
}

// The sample answers at CONNECT and has a reply, which is a note as long as nobody knows the MTA;
// its partners are still to be listed.
TEST(Lint, TheSamplePolicyGivesNoWarning) {
  const golden::ScratchFolder folder;
  for (const SampleList& list : sample_lists()) {
    folder.file(std::string(list.file), std::string(list.text));
  }
  const std::string path = folder.file("portcullis.conf", render_sample_policy());
  const auto loaded = load_policy(path, {}, {.keep_repeated = true});
  ASSERT_TRUE(loaded) << loaded.error().format_all();
  const Diagnostics found = lint({path, *loaded, parse_host(kHost), {}, *parse_time(kNow)});
  EXPECT_EQ(counts_of(found), "1 note idle-class\n1 note reply-not-shown\n") << found.format_all();
}

TEST(Lint, KeepsTheFirstOfAKindAndCountsTheRest) {
  const golden::ScratchFolder folder;
  std::string list;
  for (int i = 0; i < 300; ++i) list += fmt::format("192.0.2.{}\n", i % 100);
  folder.file("x.list", list);
  const std::string path = folder.file(
      "portcullis.conf", "[listener a]\n[class x]\naction = deny\nclients = file:x.list\n");
  const auto loaded = load_policy(path, {}, {.keep_repeated = true});
  ASSERT_TRUE(loaded);
  const Diagnostics found = lint({path, *loaded, {}, {}, *parse_time(kNow)});
  EXPECT_EQ(found.warnings(), 200U);
  const auto kept = found.sorted();
  ASSERT_EQ(kept.size(), kMaxShownOfACode);
  EXPECT_EQ(kept.front().line, 101U);
  EXPECT_EQ(kept.back().line, 120U);
  EXPECT_EQ(counts_of(found), "200 warning duplicate-entry\n");
}

TEST(UnusedEntries, TheFirstAreKeptAndTheRestIsCounted) {
  const golden::ScratchFolder folder;
  std::string list;
  for (int i = 0; i < 300; ++i) list += fmt::format("10.{}.{}.1\n", i / 100, i % 100);
  folder.file("x.list", list);
  const std::string path = folder.file(
      "portcullis.conf", "[listener a]\n[class x]\naction = deny\nclients = file:x.list\n");
  const auto loaded = load_policy(path);
  ASSERT_TRUE(loaded) << loaded.error().format_all();
  const std::vector<ClassUse> usage = {{*parse_time(kSince), {{"10.0.0.1", *parse_time(kNow)}}}};
  const Diagnostics found =
      find_unused_entries({path, *loaded, usage, *parse_time(kNow), std::chrono::days(1)});
  const auto kept = found.sorted();
  ASSERT_EQ(kept.size(), kMaxShownOfACode);
  EXPECT_EQ(kept.front().line, 2U);
  EXPECT_EQ(kept.back().line, 21U);
  EXPECT_EQ(counts_of(found), "299 warning unused-entry\n");
}

}  // namespace
}  // namespace portcullis
