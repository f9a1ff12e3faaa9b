#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "config/options.h"
#include "config/policy_file.h"
#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kPolicy = R"(# a comment
[listener inbound]
port=25          ; another
address = 192.0.2.25, 2001:db8::25
max_connections_per_client = 20

[class blocked]
action = deny
clients = file:blocked.list, 192.0.2.0/24
    .spam.example expires=2030-01-31T00:00:00Z
clients = 198.51.100.1-198.51.100.9
listeners = inbound
reply = 554 5.7.1 Access denied, see
  https://example.com/blocked

[class partners]
action = permit
clients = 203.0.113.0/24
max_connections_per_client = unlimited

[daemon]
max_sessions = 100
)";

class Dump : public Cli {
 protected:
  Dump() {
    write_policy(kPolicy);
    write_list("blocked.list", "192.0.2.1\n");
  }

  // Loads a dump beside the lists that it names.
  LoadedPolicy load(const std::string& dumped) const {
    auto loaded = load_policy(scratch_.write("dumped.conf", dumped));
    if (loaded) return *std::move(loaded);
    ADD_FAILURE() << loaded.error().format_all() << dumped;
    return {};
  }
};

TEST_F(Dump, PrintsWhatIsWritten) {
  EXPECT_EQ(run_here({"dump"}).output, R"([listener inbound]
address =
    192.0.2.25
    2001:db8::25
port = 25
max_connections_per_client = 20

[class blocked]
action = deny
clients =
    file:blocked.list
    192.0.2.0/24
    .spam.example expires=2030-01-31T00:00:00Z
    198.51.100.1-198.51.100.9
listeners = inbound
reply = 554 5.7.1 Access denied, see
    https://example.com/blocked

[class partners]
action = permit
clients = 203.0.113.0/24
max_connections_per_client = unlimited

[daemon]
max_sessions = 100
)");
}

TEST_F(Dump, MeansTheSameWhenItIsReadAgain) {
  const std::string plain = run_here({"dump"}).output;
  const LoadedPolicy before = *load_policy(policy_path());
  for (const std::string& dumped : {plain, run_here({"dump", "--defaults"}).output}) {
    const LoadedPolicy after = load(dumped);
    ASSERT_TRUE(after.policy);
    EXPECT_EQ(after.daemon, before.daemon);
    EXPECT_EQ(after.diagnostics.warnings(), before.diagnostics.warnings());
    EXPECT_EQ(after.policy->entry_count(), before.policy->entry_count());
    const ClientClass& blocked = after.policy->classes()[0];
    EXPECT_EQ(blocked.reply, before.policy->classes()[0].reply);
    EXPECT_EQ(blocked.listeners, before.policy->classes()[0].listeners);
    EXPECT_EQ(after.policy->classes()[1].max_connections_per_client,
              before.policy->classes()[1].max_connections_per_client);
    EXPECT_EQ(after.policy->listeners()[0].addresses.chosen,
              before.policy->listeners()[0].addresses.chosen);
    EXPECT_EQ(run({"dump", "-c", scratch_ / "dumped.conf"}).output, plain);
  }
}

TEST_F(Dump, LinesAsLongAsTheyMayBeStillFit) {
  // 196 bytes each, as the reader takes them.
  const std::string key = "reply=554 5.7.1 " + std::string(180, 'x');
  const std::string more = ' ' + std::string(195, 'y');
  ASSERT_EQ(key.size(), 196U);
  ASSERT_EQ(more.size(), 196U);
  write_policy("[listener inbound]\n[class blocked]\naction = deny\nclients = 192.0.2.1\n" + key +
               '\n' + more + '\n');
  const LoadedPolicy before = *load_policy(policy_path());
  const LoadedPolicy after = load(run_here({"dump"}).output);
  ASSERT_TRUE(after.policy);
  EXPECT_EQ(after.policy->classes()[0].reply, before.policy->classes()[0].reply);
}

TEST_F(Dump, DefaultsAreComments) {
  const std::string text = run_here({"dump", "--defaults"}).output;
  for (const Option& option : options()) {
    const SectionForm& form = section_form(option.section);
    const bool there = is_implied(form) || form.kind == SectionKind::listener ||
                       form.kind == SectionKind::client_class;
    if (!there) continue;
    EXPECT_THAT(text,
                ::testing::ContainsRegex("(^|\n)(; )?" + std::string(option.name) + "( =|:)"));
  }
  EXPECT_THAT(text, HasSubstr("\n; default = accept\n"));
  EXPECT_THAT(text, HasSubstr("\nport = 25\n"));
  EXPECT_THAT(text, HasSubstr("\n; answer_at: that of the listener\n"));
}

TEST_F(Dump, DefaultsOfADaemonSectionThatIsNotWritten) {
  write_policy("[listener inbound]\n");
  EXPECT_EQ(run_here({"dump"}).output, "[listener inbound]\n");
  EXPECT_THAT(run_here({"dump", "--defaults"}).output,
              StartsWith("[daemon]\n; socket = unix:/run/portcullis/milter.sock\n"));
}

TEST_F(Dump, Json) {
  const auto json = nlohmann::ordered_json::parse(run_here({"dump", "--json"}).output);
  EXPECT_THAT(keys_of(json), ElementsAre("daemon", "listeners", "classes", "mta", "certificates",
                                         "outgoing", "routes", "authentication"));
  EXPECT_EQ(json["daemon"]["max_sessions"], "100");
  EXPECT_EQ(json["listeners"][0]["name"], "inbound");
  const auto& blocked = json["classes"][0]["settings"];
  EXPECT_EQ(blocked["clients"].size(), 4U);
  EXPECT_EQ(blocked["reply"], "554 5.7.1 Access denied, see https://example.com/blocked");
  EXPECT_FALSE(blocked.contains("mode"));
  const auto all = json_here({"dump", "--defaults"});
  EXPECT_EQ(all["classes"][0]["settings"]["mode"], "enforce");
  EXPECT_TRUE(all["classes"][0]["settings"]["answer_at"].is_null());
}

// The page in the source tree, from one line to another.
std::string between_markers(const std::string& page, std::string_view from, std::string_view to) {
  const std::size_t begin = page.find('\n', page.find(from)) + 1;
  return page.substr(begin, page.find(to) - begin);
}

TEST_F(Dump, TheManualPageHasTheOptionTable) {
  const std::string page =
      read_file(std::filesystem::path(PORTCULLIS_SOURCE_DIR) / "docs/man/portcullis.conf.5");
  EXPECT_EQ(between_markers(page, ".\\\" begin options", ".\\\" end options"),
            run({"dump", "--man"}).output)
      << "paste the output of: portcullis dump --man";
}

TEST_F(Dump, TheManualPageNamesEveryKindOfSection) {
  const std::string page =
      read_file(std::filesystem::path(PORTCULLIS_SOURCE_DIR) / "docs/man/portcullis.conf.5");
  const std::string format = between_markers(page, ".Ss Format", ".Ss Entries");
  for (const SectionForm& form : section_forms()) {
    EXPECT_THAT(format,
                HasSubstr(".It Ql [" + std::string(form.word) + (form.named ? " NAME]\n" : "]\n")));
  }
  EXPECT_EQ(section_forms().size(), 8U) << "the page says: eight kinds";
}

TEST_F(Dump, TheExamplesOfTheManualPageAreAPolicy) {
  const std::string page =
      read_file(std::filesystem::path(PORTCULLIS_SOURCE_DIR) / "docs/man/portcullis.conf.5");
  std::string rest = page.substr(page.find(".Sh EXAMPLES"));
  std::string examples;
  while (rest.find(".Bd ") != std::string::npos) {
    examples += between_markers(rest, ".Bd ", ".Ed");
    rest.erase(0, rest.find(".Ed") + 3);
  }
  for (const std::string name : {"partners.list", "candidates.list"}) {
    write_list(name, "203.0.113.1\n");
  }
  write_policy(examples);
  // Joined into one policy they overlap, so that there are warnings of that.
  const auto codes = json_here({"check", "--no-host"})["codes"];
  for (const std::string code : {"useless-option", "odd-entry", "list-named-twice"}) {
    EXPECT_FALSE(codes.contains(code)) << codes;
  }
}

TEST_F(Dump, ManualPagesAreClean) {
  const auto pages = std::filesystem::path(PORTCULLIS_SOURCE_DIR) / "docs/man";
  for (const auto& page : std::filesystem::directory_iterator(pages)) {
    const CommandResult result = run_command({"mandoc", "-Tlint", "-W", "warning", page.path()});
    EXPECT_EQ(result.status.code, 0) << result.output;
  }
}

}  // namespace
}  // namespace portcullis::testing
