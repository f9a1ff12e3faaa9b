#include <array>
#include <map>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/options.h"
#include "config/policy_file.h"
#include "config/sample_policy.h"
#include "config/suggestion.h"
#include "config/value_text.h"
#include "policy/listener.h"
#include "policy/verdict.h"
#include "tests/support/golden.h"
#include "tests/support/policy_with_option.h"

namespace portcullis {
namespace {

using golden::ScratchFolder;
using ::testing::HasSubstr;

// A value that no option of the type takes.
const std::map<OptionType, std::string> kBadValues = {
    {OptionType::text, "two words"},
    {OptionType::path, "relative/path"},
    {OptionType::socket, "tcp:25"},
    {OptionType::boolean, "maybe"},
    {OptionType::count, "many"},
    {OptionType::count_or_unlimited, "0"},
    {OptionType::duration, "soon"},
    {OptionType::mode, "rw"},
    {OptionType::choice, "something-else"},
    {OptionType::port, "smtp"},
    {OptionType::port_or_off, "smtps"},
    {OptionType::addresses, "everywhere"},
    {OptionType::prefix_length, "/24"},
    {OptionType::reply, "Go away"},
    {OptionType::clients, "10.0.0.0:8"},
    {OptionType::names, "no-such-listener"},
    {OptionType::certificates, "no-such-certificate"},
    {OptionType::size, "10MB"},
    {OptionType::phrase, "caf\xc3\xa9"},
    {OptionType::host_name, ".example.com"},
    {OptionType::host_names, "mx example"},
    {OptionType::domains, "user@example.com"},
    {OptionType::networks, "relay.example.com"},
    {OptionType::hosts, "mx.example.com:smtp"},
};

TEST(Options, AreAllParsed) {
  const ScratchFolder folder;
  for (const Option& option : options()) {
    const std::string path = folder.file(
        "p.conf", testing::policy_with_option(option, " = " + kBadValues.at(option.type)));
    const auto loaded = load_policy(path);
    ASSERT_FALSE(loaded) << option.name << " takes " << kBadValues.at(option.type);
    EXPECT_EQ(loaded.error().errors(), 1U) << loaded.error().format_all();
  }
}

TEST(Options, TakeTheirDefaults) {
  const ScratchFolder folder;
  for (const Option& option : options()) {
    if (option.default_value.empty()) continue;
    const auto loaded = load_policy(folder.file(
        "p.conf", testing::policy_with_option(option, " = " + std::string(option.default_value))));
    EXPECT_TRUE(loaded) << option.name << ": " << loaded.error().format_all();
  }
}

TEST(Options, SayWhatHoldsWithoutAValue) {
  for (const Option& option : options()) {
    EXPECT_FALSE(option.help.empty()) << option.name;
    EXPECT_EQ(option.help.back(), '.') << option.name;
    EXPECT_LE(option.help.size(), 95U) << option.name;
    EXPECT_TRUE(option.required || !option.default_value.empty() || !option.default_note.empty())
        << option.name;
    EXPECT_EQ(option.type == OptionType::choice, !option.words.empty()) << option.name;
    EXPECT_EQ(find_option(option.section, option.name), &option) << "a name twice";
  }
}

template <typename Enum>
void expect_words(SectionKind section, std::string_view name) {
  const Option& option = *find_option(section, name);
  const auto words = split_words(option);
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(to_string(static_cast<Enum>(i)), words[i]) << name;
  }
}

TEST(Options, HaveTheirWordsInTheOrderOfTheEnumeration) {
  expect_words<ListenerRole>(SectionKind::listener, "role");
  for (const SectionKind section : {SectionKind::listener, SectionKind::client_class}) {
    expect_words<AnswerAt>(section, "answer_at");
    expect_words<Mode>(section, "mode");
  }
  expect_words<Action>(SectionKind::client_class, "action");
  expect_words<ListenerTls>(SectionKind::listener, "tls");
  expect_words<ClientCertificate>(SectionKind::listener, "client_certificate");
  expect_words<TlsProfile>(SectionKind::mta, "tls_profile");
  expect_words<UnverifiedClients>(SectionKind::mta, "unverified_clients");
  expect_words<MilterDown>(SectionKind::mta, "milter_down");
  expect_words<OutgoingTls>(SectionKind::outgoing, "tls");
  expect_words<AuthenticationSource>(SectionKind::authentication, "source");
}

TEST(SamplePolicy, NamesEveryOption) {
  const std::string sample = render_sample_policy();
  for (const Option& option : options()) {
    EXPECT_THAT(sample, HasSubstr(fmt::format("\n# {}\n", option.help))) << option.name;
    EXPECT_THAT(sample, HasSubstr(fmt::format("{} =", option.name))) << option.name;
  }
}

TEST(SamplePolicy, LoadsWithoutDiagnostics) {
  const ScratchFolder folder;
  for (const SampleList& list : sample_lists()) {
    folder.file(std::string(list.file), std::string(list.text));
  }
  const auto loaded = load_policy(folder.file("portcullis.conf", render_sample_policy()));
  ASSERT_TRUE(loaded) << loaded.error().format_all();
  EXPECT_EQ(loaded->diagnostics.format_all(), "");
  EXPECT_EQ(loaded->policy->classes().size(), 3U);
}

TEST(SamplePolicy, IsTheOneInDocs) {
  golden::compare(golden::data_folder() / ".." / ".." / "docs" / "portcullis.conf.sample",
                  render_sample_policy());
}

TEST(Suggestion, IsTheClosestWord) {
  constexpr std::array<std::string_view, 3> kWords = {"port", "reply", "max_connections"};
  EXPECT_EQ(closest("prot", kWords), "port");
  EXPECT_EQ(closest("max_conections", kWords), "max_connections");
  EXPECT_EQ(closest("certificate", kWords), "");
  EXPECT_EQ(closest("", kWords), "");
  EXPECT_EQ(suggest("replay", kWords),
            "did you mean reply? known here: port, reply, max_connections");
}

Option option_of(OptionType type, std::uint32_t minimum, std::uint32_t maximum) {
  Option option{};
  option.type = type;
  option.minimum = minimum;
  option.maximum = maximum;
  return option;
}

TEST(ValueText, TakesDurationsInFourUnits) {
  const Option option = option_of(OptionType::duration, 0, 10 * 86400);
  EXPECT_EQ(parse_duration("30s", option)->count(), 30);
  EXPECT_EQ(parse_duration("5m", option)->count(), 300);
  EXPECT_EQ(parse_duration("1h", option)->count(), 3600);
  EXPECT_EQ(parse_duration("2d", option)->count(), 172800);
  for (const char* bad : {"", "s", "5", "5 s", "5S", "-5s", "5.5s", "1h30m", "11d",
                          "99999999999999999999s", "18446744073709551615d"}) {
    EXPECT_FALSE(parse_duration(bad, option)) << bad;
  }
  EXPECT_EQ(parse_duration("5 minutes", option).error().repair, "write 5m");
  EXPECT_EQ(parse_duration("2 Days", option).error().repair,
            "write a number and a unit: 30s, 5m, 1h or 2d");
}

TEST(ValueText, TakesBooleansInOneWay) {
  const Option option = option_of(OptionType::boolean, 0, 0);
  EXPECT_EQ(parse_boolean("yes", option), true);
  EXPECT_EQ(parse_boolean("no", option), false);
  EXPECT_EQ(parse_boolean("true", option).error().repair, "write yes");
}

TEST(ValueText, TakesSocketsAsTheMilterLibraryDoes) {
  const Option option = option_of(OptionType::socket, 0, 0);
  for (const char* good :
       {"unix:/run/x", "inet:8891@127.0.0.1", "inet6:8891@::1", "inet:8891@localhost"}) {
    EXPECT_TRUE(parse_socket(good, option)) << good;
  }
  for (const char* bad : {"", "unix:", "unix:x", "inet:", "inet:x@y", "inet:0@h", "inet:70000@h",
                          "inet:25@", "inet:@h", "/run/x"}) {
    EXPECT_FALSE(parse_socket(bad, option)) << bad;
  }
}

}  // namespace
}  // namespace portcullis
