// What we read of cidr tables and write into them, judged by Postfix itself (postmap -q).

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/formats/list_samples.h"
#include "tests/formats/random_cidr_table.h"
#include "tests/mta/support/child_process.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

#include "formats/format.h"
#include "formats/postfix_cidr.h"

namespace portcullis::testing {
namespace {

class Postmap {
 public:
  Postmap() { scratch_.write("main.cf", "compatibility_level = 3.6\ninet_protocols = all\n"); }

  // The results of a table by address; addresses that match nothing are not there.
  std::map<std::string, std::string> ask(const std::string& table,
                                         const std::vector<IpAddress>& addresses) {
    std::string keys;
    for (const IpAddress& address : addresses) keys += address.to_string() + '\n';
    std::istringstream answers(run(table, keys).output);
    std::map<std::string, std::string> results;
    for (std::string line; std::getline(answers, line);) {
      const std::size_t tab = line.find('\t');
      results[line.substr(0, tab)] = line.substr(tab + 1);
    }
    return results;
  }

  // The lines of a table that Postfix says it skips.
  std::set<std::uint32_t> skipped(const std::string& table) {
    static const std::regex message("line (\\d+): .*: skipping this rule");
    const std::string warnings = run(table, "192.0.2.1\n").error;
    std::set<std::uint32_t> lines;
    for (std::sregex_iterator it(warnings.begin(), warnings.end(), message), end; it != end; ++it) {
      lines.insert(static_cast<std::uint32_t>(std::stoul((*it)[1])));
    }
    return lines;
  }

 private:
  CommandResult run(const std::string& table, const std::string& keys) {
    const std::string path = scratch_.write("table", table);
    const std::string folder = scratch_.path();
    return run_command({"sh", "-c", "postmap -c \"$1\" -q - \"cidr:$2\" <\"$3\"", "sh", folder,
                        path, scratch_.write("keys", keys).string()});
  }

  ScratchDirectory scratch_{"postmap"};
};

std::optional<Action> action_of(const std::map<std::string, std::string>& results,
                                const IpAddress& address) {
  const auto found = results.find(address.to_string());
  if (found == results.end()) return {};
  const char first = found->second.front();
  const bool denies = first == 'R' || first == 'r' || found->second.starts_with("554 ");
  return denies ? Action::deny : Action::permit;
}

TEST(PostfixJudge, ReadsWhatPostfixReadsInRandomTables) {
  Postmap postmap;
  for (const std::uint64_t seed : seeds()) {
    Random random(seed);
    for (int round = 0; round < 12; ++round) {
      const RandomCidrTable table(1 + below(80, random), random);
      ReadOptions options;
      options.strict = true;  // what Postfix skips is left out
      const ListReading reading = read_postfix_cidr(table.text(), options);
      const auto addresses = telling_addresses(table.networks(), 600, random);
      const auto results = postmap.ask(table.text(), addresses);
      for (const IpAddress& address : addresses) {
        ASSERT_EQ(said_of(reading.entries, address, Action::deny), action_of(results, address))
            << address.to_string() << "\n"
            << table.text() << reading.diagnostics.format_all();
      }
    }
  }
}

TEST(PostfixJudge, SaysOfExactlyTheLinesThatPostfixSkipsThatItDoes) {
  Postmap postmap;
  for (const std::string& name : golden::cases("formats/postfix-cidr", ".in")) {
    const std::string text =
        golden::read_file(golden::data_folder() / "formats/postfix-cidr" / (name + ".in"));
    if (name == "nul-byte") continue;  // to Postfix a line ends there
    std::set<std::uint32_t> ours;
    for (const Diagnostic& diagnostic : read_postfix_cidr(text, {}).diagnostics.sorted()) {
      if (diagnostic.reason.find("Postfix skips this line") != std::string::npos) {
        ours.insert(diagnostic.line);
      }
    }
    // We hold an "endif" to the "if" that was meant, Postfix takes it for one without.
    std::set<std::uint32_t> theirs = postmap.skipped(text);
    std::istringstream lines(text);
    std::uint32_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (line == "endif" && !ours.contains(number)) theirs.erase(number);
    }
    EXPECT_EQ(ours, theirs) << name << "\n" << text;
  }
}

TEST(PostfixJudge, SkipsADenialWithHostBitsAndLetsTheClientIn) {
  const std::string table = "192.168.3.1/25 REJECT\n192.168.0.0/16 OK\n";
  Postmap postmap;
  EXPECT_EQ(postmap.ask(table, {*IpAddress::parse("192.168.3.7")}).at("192.168.3.7"), "OK");
  const ListReading reading = read_postfix_cidr(table, {});
  EXPECT_EQ(said_of(reading.entries, *IpAddress::parse("192.168.3.7"), Action::deny), Action::deny);
  EXPECT_EQ(reading.diagnostics.warnings(), 1u);
  // What we write of it, Postfix takes.
  const ListWriting written = write_postfix_cidr(reading.entries, {});
  EXPECT_EQ(postmap.ask(written.text, {*IpAddress::parse("192.168.3.7")}).at("192.168.3.7"),
            "REJECT");
}

TEST(PostfixJudge, FindsWhatWeWroteAndSkipsNothingOfIt) {
  Postmap postmap;
  for (const std::uint64_t seed : seeds()) {
    Random random(seed);
    for (int round = 0; round < 12; ++round) {
      const auto entries = random_list(1 + below(60, random), random);
      WriteOptions options;
      options.action = random() % 2 == 0 ? Action::deny : Action::permit;
      options.postfix_table =
          random() % 2 == 0 ? PostfixTable::client_access : PostfixTable::postscreen;
      const ListWriting written = write_postfix_cidr(entries, options);
      ASSERT_EQ(written.diagnostics.format_all(), "");
      EXPECT_EQ(postmap.skipped(written.text), std::set<std::uint32_t>{});
      const auto addresses = telling_addresses(networks_of_all(entries), 600, random);
      const auto results = postmap.ask(written.text, addresses);
      for (const IpAddress& address : addresses) {
        ASSERT_EQ(said_of(entries, address, options.action), action_of(results, address))
            << address.to_string() << "\n"
            << written.text;
      }
    }
  }
}

}  // namespace
}  // namespace portcullis::testing
