// Lists that we write for the MTAs' own access control, in force in real ones.

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/mta/support/guarded_mta.h"
#include "tests/mta/support/sendmail_programs.h"

#include "formats/postfix_cidr.h"
#include "formats/sendmail_access.h"

namespace portcullis::testing {
namespace {

ListEntry entry(const std::string& text, Action action) {
  return ListEntry{make_entry({{}, *parse_entry(text), {}}).listed, action, {}, {}, 0};
}

// Denied: 127.0.0.3, all of 127.0.2.0/24 but 127.0.2.9, 127.0.4.0/23, three of 127.0.8.x, ::1.
std::vector<ListEntry> our_list() {
  return {entry("127.0.0.3", Action::deny),
          entry("127.0.2.0/24", Action::deny),
          entry("127.0.2.9", Action::permit),
          entry("127.0.4.0/23", Action::deny),
          entry("127.0.6.0/24", Action::permit),
          entry("127.0.8.3-127.0.8.5", Action::deny),
          entry("::1", Action::deny)};
}

const std::vector<std::string> kDenied = {"127.0.0.3",   "127.0.2.1", "127.0.2.255", "127.0.4.0",
                                          "127.0.5.255", "127.0.8.3", "127.0.8.5"};
const std::vector<std::string> kPermitted = {"127.0.2.9", "127.0.6.7"};
const std::vector<std::string> kNotListed = {"127.0.0.2", "127.0.0.4", "127.0.1.255",
                                             "127.0.3.0", "127.0.8.2", "127.0.8.6"};

MtaOptions dual_stack(std::vector<std::string> settings) {
  MtaOptions options;
  options.listeners = {ListenerSpec{.name = "four"}, ListenerSpec{.name = "six", .address = "::1"}};
  options.settings = std::move(settings);
  return options;
}

Conversation talk(MtaInstance& mta, std::string_view listener, const std::string& source) {
  SmtpClient client(mta.endpoint(listener), source);
  return converse(client);
}

// Permitted, and no relay.
void expect_only_permitted(MtaInstance& mta, const std::string& source) {
  SmtpClient client(mta.endpoint("four"), source);
  EXPECT_TRUE(converse(client).permitted()) << client.transcript_text();
  EXPECT_EQ(client.command("RCPT TO:<root@mx.test>").code, 250) << client.transcript_text();
  // "Relaying denied", "Relay access denied"; for good or, with the compatibility of an old
  // Postfix, for the time being.
  const SmtpReplyLines relay = client.command("RCPT TO:<someone@elsewhere.test>");
  EXPECT_GE(relay.code, 400) << client.transcript_text();
  EXPECT_NE(relay.text.find("denied"), std::string::npos) << client.transcript_text();
}

// Sendmail greets whom its access map refuses, and refuses at MAIL.
void expect_refused_at_mail(MtaInstance& mta, std::string_view listener,
                            const std::string& source) {
  const Conversation told = talk(mta, listener, source);
  EXPECT_EQ(told.mail.text, "550 5.7.1 Access denied") << source << "\n" << told.transcript;
}

TEST(SendmailAccessList, DeniesExactlyWhomItListsAndLetsNobodyRelay) {
  const ListWriting written = write_sendmail_access(our_list(), {});
  ASSERT_EQ(written.diagnostics.format_all(), "");
  const ScratchDirectory scratch("access");
  const auto trust = scratch.write("makemap.cf", "O DontBlameSendmail=TrustStickyBit\n");
  ASSERT_EQ(make_access_map(scratch / "access", scratch.write("access.txt", written.text), trust),
            "");
  const auto mta = make_mta(MtaKind::sendmail,
                            dual_stack({fmt::format("FEATURE(`access_db', `hash -T<TMPF> {}')dnl",
                                                    (scratch / "access").string())}));
  mta->start();
  for (const std::string& source : kDenied) expect_refused_at_mail(*mta, "four", source);
  expect_refused_at_mail(*mta, "six", "::1");
  for (const std::string& source : kPermitted) expect_only_permitted(*mta, source);
  for (const std::string& source : kNotListed) expect_only_permitted(*mta, source);
}

// A Postfix that asks a cidr table for each client as soon as it connects.
std::unique_ptr<MtaInstance> postfix_with(const std::filesystem::path& table) {
  auto mta = make_mta(MtaKind::postfix,
                      dual_stack({"smtpd_delay_reject = no", "mynetworks = 127.0.0.1/32",
                                  fmt::format("smtpd_client_restrictions = check_client_access "
                                              "cidr:{}",
                                              table.string())}));
  mta->start();
  return mta;
}

TEST(PostfixAccessList, DeniesExactlyWhomItListsAndLetsNobodyRelay) {
  const ListWriting written = write_postfix_cidr(our_list(), {});
  ASSERT_EQ(written.diagnostics.format_all(), "");
  const ScratchDirectory scratch("access");
  const auto mta = postfix_with(scratch.write("clients", written.text));
  for (const std::string& source : kDenied) {
    EXPECT_EQ(talk(*mta, "four", source).banner.code, 554) << source;
  }
  EXPECT_EQ(talk(*mta, "six", "::1").banner.code, 554);
  for (const std::string& source : kPermitted) expect_only_permitted(*mta, source);
  for (const std::string& source : kNotListed) expect_only_permitted(*mta, source);
}

// What our reader says of results that mean another thing than they seem to.
TEST(PostfixAccessList, ReadsAsPostfixAnswers) {
  const std::string table =
      "127.0.0.2 550\n127.0.0.3 550 no\n127.0.0.4 1234567890\n127.0.0.5 RELAY\n"
      "127.0.0.6 OK # partner\n127.0.0.7 REJECT # secret\n127.0.0.8 permit\n127.0.0.9 450 Later\n"
      "127.0.0.10 reject\n127.0.0.11 DUNNO # x\n";
  const ScratchDirectory scratch("access");
  const auto mta = postfix_with(scratch.write("clients", table));
  const ListReading reading = read_postfix_cidr(table, {});
  ASSERT_EQ(reading.entries.size(), 10u);
  for (const ListEntry& each : reading.entries) {
    const Conversation told = talk(*mta, "four", to_string(each.listed));
    EXPECT_EQ(told.permitted(), each.action == Action::permit) << to_string(each.listed) << "\n"
                                                               << told.transcript << mta->log();
    if (each.comment == "secret") {
      EXPECT_NE(told.transcript.find("# secret"), std::string::npos) << told.transcript;
    }
  }
}

}  // namespace
}  // namespace portcullis::testing
