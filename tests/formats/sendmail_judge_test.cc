// What we write into access maps and read of them, judged by Sendmail itself: makemap builds the
// map, and the ruleset check_relay says whom it refuses (sendmail -bt).

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/formats/list_samples.h"
#include "tests/mta/support/child_process.h"
#include "tests/mta/support/private_names.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/mta/support/sendmail_programs.h"
#include "tests/support/seed.h"

#include "formats/format.h"
#include "formats/sendmail_access.h"

namespace portcullis::testing {
namespace {

// Argument: the directory. The ruleset Translate makes a "$|" of two characters into the one that
// check_relay expects (cf/README, "Testing").
constexpr const char* kMasterConfiguration = R"(divert(0)dnl
include(`{1}/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `mx.test')dnl
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')dnl
define(`confSERVICE_SWITCH_FILE', `{0}/service.switch')dnl
define(`ALIAS_FILE', `{0}/aliases')dnl
define(`STATUS_FILE', `{0}/statistics')dnl
define(`HELP_FILE', `')dnl
define(`QUEUE_DIR', `{0}')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`access_db', `hash -T<TMPF> {0}/access')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_RULESETS
STranslate
R$* $$| $*	$: $1 $| $2
)";

// A client as Sendmail sees it.
struct Client {
  std::string name;  // "[192.0.2.1]" if it has none
  IpAddress address;
};

// The address as it stands in {client_addr}.
std::string in_sendmail_form(const IpAddress& address) {
  if (address.is_ipv4()) return address.to_string();
  std::string text = "IPv6";
  for (int at = 112; at >= 0; at -= 16) {
    text += fmt::format(":{:x}", static_cast<unsigned>(address.bits() >> at) & 0xffffU);
  }
  return text;
}

class SendmailJudge {
 public:
  SendmailJudge() {
    scratch_.write("service.switch", "hosts files\n");
    const auto source =
        scratch_.write("judge.mc", fmt::format(fmt::runtime(kMasterConfiguration),
                                               scratch_.path().string(), sendmail_root().string()));
    scratch_.write("judge.cf", run_m4(source));
  }

  // What makemap has to complain of; empty if it takes the text.
  std::string make_map(const std::string& text) {
    return make_access_map(scratch_ / "access", scratch_.write("access.txt", text),
                           scratch_ / "judge.cf");
  }

  // For each client whether the map has it refused.
  std::vector<bool> refuses(const std::vector<Client>& clients) {
    std::string input;
    for (const Client& client : clients) {
      input += fmt::format("Translate,Basic_check_relay {} $| {}\n", client.name,
                           in_sendmail_form(client.address));
    }
    const std::string program = sendmail_root() / "usr/libexec/sendmail/sendmail";
    const CommandResult result = run_command(
        with_private_names(scratch_, {},
                           {"sh", "-c", "exec \"$1\" -C \"$2\" -bt <\"$3\"", "sh", program,
                            scratch_ / "judge.cf", scratch_.write("clients", input)}));
    std::istringstream output(result.output);
    std::vector<bool> refused;
    for (std::string line; std::getline(output, line);) {
      if (line.starts_with("Basic_check_rela") && line.find("returns:") != std::string::npos) {
        refused.push_back(line.find("$# error") != std::string::npos);
      }
    }
    EXPECT_EQ(refused.size(), clients.size()) << result.output << result.error;
    refused.resize(clients.size());
    return refused;
  }

 private:
  ScratchDirectory scratch_{"sendmail-judge"};
};

std::vector<Client> without_names(const std::vector<IpAddress>& addresses) {
  std::vector<Client> clients;
  for (const IpAddress& address : addresses) {
    clients.push_back({fmt::format("[{}]", in_sendmail_form(address)), address});
  }
  return clients;
}

// Without what needs more keys than an entry may have.
std::vector<ListEntry> writable(std::vector<ListEntry> entries) {
  std::erase_if(entries, [](const ListEntry& entry) {
    return write_sendmail_access({&entry, 1}, {}).diagnostics.has_errors();
  });
  return entries;
}

TEST(SendmailJudge, RefusesExactlyWhomTheListDenies) {
  SendmailJudge judge;
  for (const std::uint64_t seed : seeds()) {
    Random random(seed);
    for (int round = 0; round < 4; ++round) {
      const auto entries = writable(random_list(2 + below(25, random), random));
      const ListWriting written = write_sendmail_access(entries, {});
      ASSERT_EQ(written.diagnostics.format_all(), "");
      ASSERT_EQ(judge.make_map(written.text), "") << written.text;
      const auto addresses = telling_addresses(networks_of_all(entries), 120, random);
      const auto refused = judge.refuses(without_names(addresses));
      for (std::size_t i = 0; i < addresses.size(); ++i) {
        ASSERT_EQ(said_of(entries, addresses[i], Action::deny) == Action::deny, refused[i])
            << addresses[i].to_string() << "\n"
            << written.text;
      }
    }
  }
}

TEST(SendmailJudge, RefusesTheDomainAndAllBelowItAndNobodyElse) {
  ListEntry denied;
  denied.listed = ListedName{".spam.example"};
  ListEntry permitted;
  permitted.listed = ListedName{".good.spam.example"};
  permitted.action = Action::permit;
  const ListWriting written = write_sendmail_access(std::vector{denied, permitted}, {});
  ASSERT_EQ(written.diagnostics.format_all(), "");
  SendmailJudge judge;
  ASSERT_EQ(judge.make_map(written.text), "");
  const IpAddress address = *IpAddress::parse("192.0.2.1");
  EXPECT_EQ(judge.refuses({{"spam.example", address},
                           {"mx.spam.example", address},
                           {"nospam.example", address},
                           {"good.spam.example", address},
                           {"mx.good.spam.example", address},
                           {"example", address}}),
            (std::vector{true, true, false, false, false, false}));
}

TEST(SendmailJudge, LooksForAddressesAsOurReaderSays) {
  SendmailJudge judge;
  ASSERT_EQ(judge.make_map("Connect:10.1\tREJECT\n"
                           "Connect:010.2\tREJECT\n"
                           "Connect:10.3.0.0/16\tREJECT\n"
                           "Connect:10.4.\tREJECT\n"
                           "Connect:IPv6:2001:db8\tREJECT\n"
                           "Connect:IPv6:2001:db9::1\tREJECT\n"
                           "Connect:IPv6:2001:dba:0001\tREJECT\n"
                           "Connect:10.5\tOK # a comment\n"
                           "Connect:10.6\tSKIP\n"
                           "Connect:[10.7.0.1]\tREJECT\n"
                           "10.8\tREJECT\n"
                           "Connect:\tREJECT\n"
                           "Connect:.spam.example\tREJECT\n"),
            "");
  const auto client = [](const std::string& address, const std::string& name = "") {
    const IpAddress parsed = *IpAddress::parse(address);
    return Client{name.empty() ? "mx.example.com" : name, parsed};
  };
  EXPECT_EQ(judge.refuses({client("10.1.2.3"), client("10.2.0.1"), client("10.3.0.1"),
                           client("10.4.0.1"), client("2001:db8::1"), client("2001:db9::1"),
                           client("2001:dba:1::1"), client("10.5.0.1"), client("10.6.0.1"),
                           client("10.7.0.1"), client("10.7.0.1", "[10.7.0.1]"), client("10.8.0.1"),
                           client("10.9.0.1"), client("10.9.0.1", "mx.spam.example")}),
            (std::vector{true, false, false, false, true, false, false, true, true, false, true,
                         true, false, false}));
}

TEST(SendmailJudge, TakesLinesOfWindowsFilesAsTheyAreMeant) {
  SendmailJudge judge;
  ASSERT_EQ(judge.make_map("Connect:10.1\tREJECT\r\nConnect:10.1.1\tOK\r\n"), "");
  EXPECT_EQ(judge.refuses({{"mx.example.com", *IpAddress::parse("10.1.2.3")},
                           {"mx.example.com", *IpAddress::parse("10.1.1.3")}}),
            (std::vector{true, false}));
}

TEST(SendmailJudge, MakemapComplainsWhereOurReaderSays) {
  SendmailJudge judge;
  EXPECT_NE(judge.make_map(" Connect:10.1\tREJECT\n").find("leading space"), std::string::npos);
  EXPECT_NE(judge.make_map("Connect:10.1\n").find("no RHS"), std::string::npos);
  EXPECT_NE(judge.make_map("Connect:10.1\tREJECT\nCONNECT:10.1\tOK\n").find("duplicate key"),
            std::string::npos);
  // It keeps the first.
  EXPECT_EQ(judge.refuses({{"mx.example.com", *IpAddress::parse("10.1.0.1")}}), std::vector{true});
}

}  // namespace
}  // namespace portcullis::testing
