// What cannot be written: left out where that is safe, refused where the text would then mean more
// than the list.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "formats/format.h"

namespace portcullis {
namespace {

// "192.0.2.1", "!192.0.2.1" permitted, "*192.0.2.1" exempt, "192.0.2.1~" for a day only.
ListEntry entry(std::string_view text, std::uint32_t line) {
  ListEntry made;
  made.line = line;
  if (text.starts_with('!')) made.action = Action::permit;
  if (text.starts_with('*')) made.action = Action::exempt;
  if (made.action) text.remove_prefix(1);
  if (text.ends_with('~')) {
    made.expires = Time() + std::chrono::hours(24);
    text.remove_suffix(1);
  }
  made.listed = make_entry({{}, *parse_entry(text), {}}).listed;
  return made;
}

std::vector<ListEntry> list(const std::vector<std::string_view>& texts) {
  std::vector<ListEntry> entries;
  for (const std::string_view text : texts) {
    entries.push_back(entry(text, static_cast<std::uint32_t>(entries.size() + 1)));
  }
  return entries;
}

ListWriting write(std::string_view format, const std::vector<std::string_view>& texts,
                  const WriteOptions& options = {}) {
  return find_list_format(format)->write(list(texts), options);
}

// The text, then what was reported.
std::string written(std::string_view format, const std::vector<std::string_view>& texts,
                    const WriteOptions& options = {}) {
  const ListWriting writing = write(format, texts, options);
  return writing.text + writing.diagnostics.format_all();
}

TEST(Losses, HostNamesAreLeftOutOfACidrTable) {
  EXPECT_EQ(written("postfix-cidr", {"192.0.2.1", ".spam.example"}),
            "192.0.2.1\tREJECT\n"
            "-:2: warning: \".spam.example\" is left out: a Postfix cidr table cannot hold a host "
            "name\n");
}

TEST(Losses, WhatExpiresIsLeftOutUnlessItIsToBeKept) {
  EXPECT_EQ(written("postfix-cidr", {"192.0.2.1~", "192.0.2.2"}),
            "192.0.2.2\tREJECT\n"
            "-:1: warning: \"192.0.2.1\" is left out: a Postfix cidr table cannot say that it "
            "expires at 1970-01-02T00:00:00Z\n"
            "    use --keep-expiring to write it for good\n");
  WriteOptions options;
  options.keep_expiring = true;
  EXPECT_EQ(written("postfix-cidr", {"192.0.2.1~"}, options), "192.0.2.1\tREJECT\n");
  options.now = Time() + std::chrono::hours(48);
  EXPECT_EQ(written("postfix-cidr", {"192.0.2.1~"}, options),
            "-:1: warning: \"192.0.2.1\" is left out: it expired at 1970-01-02T00:00:00Z\n");
}

TEST(Losses, AnExceptionThatExpiresIsRefusedAndNotLost) {
  for (const std::string_view format : {"postfix-cidr", "sendmail-access"}) {
    const ListWriting writing = write(format, {"192.0.2.0/24", "!192.0.2.1~"});
    EXPECT_EQ(writing.text, "") << format;
    EXPECT_EQ(writing.diagnostics.errors(), 1u) << writing.diagnostics.format_all();
    EXPECT_EQ(write(format, {"192.0.2.0/24", "192.0.2.1~"}).diagnostics.errors(), 0u);
  }
}

TEST(Losses, TheLongestPrefixStaysFirstInACidrTable) {
  EXPECT_EQ(written("postfix-cidr", {"10.0.0.0/8", "!10.1.0.0/16", "10.1.1.0/24"}),
            "10.1.1.0/24\tREJECT\n10.1.0.0/16\tDUNNO\n10.0.0.0/8\tREJECT\n");
  WriteOptions options;
  options.postfix_table = PostfixTable::postscreen;
  EXPECT_EQ(written("postfix-cidr", {"10.0.0.0/8", "!10.1.0.0/16"}, options),
            "10.1.0.0/16\tpermit\n10.0.0.0/8\treject\n");
}

TEST(Losses, NothingDeniesInsideWhatIsExempt) {
  EXPECT_EQ(written("postfix-cidr", {"*10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16~"}),
            "10.0.0.0/8\tDUNNO\n");
  EXPECT_EQ(written("sendmail-access", {"*10.0.0.0/8", "10.1.0.0/16"}), "Connect:10\tOK\n");
}

TEST(Losses, OfOneNetworkThePermissionIsWritten) {
  EXPECT_EQ(written("postfix-cidr", {"10.0.0.0/8", "!10.0.0.0/8"}), "10.0.0.0/8\tDUNNO\n");
}

TEST(Losses, EveryoneIsNeverWritten) {
  ListEntry everyone;
  everyone.listed =
      AddressRange{*IpAddress::parse("0.0.0.0"), *IpAddress::parse("255.255.255.255")};
  for (const std::string_view format : {"postfix-cidr", "sendmail-access", "rspamd"}) {
    const ListWriting writing = find_list_format(format)->write(std::vector{everyone}, {});
    EXPECT_EQ(writing.text, "") << format;
    EXPECT_EQ(writing.diagnostics.warnings(), 1u) << format;
  }
}

TEST(Losses, ASingleHostNameIsNeverWidenedToItsDomain) {
  EXPECT_EQ(written("sendmail-access", {"mx.spam.example", ".bad.example"}),
            "Connect:bad.example\tREJECT\n"
            "-:1: warning: \"mx.spam.example\" is left out: Sendmail would take all names below it "
            "too\n");
  EXPECT_EQ(written("sendmail-access", {"!mx.bad.example", ".bad.example"}),
            "-:1: error: \"mx.bad.example\" cannot be left out, for it is an exception to "
            ".bad.example, and Sendmail would take all names below it too\n");
}

TEST(Losses, NamesThatWouldComeBeforeAnAddressAreLeftOut) {
  EXPECT_EQ(written("sendmail-access", {".spam.example", "!192.0.2.1"}),
            "Connect:192.0.2.1\tOK\n"
            "-:1: warning: \".spam.example\" is left out: Sendmail asks for names first, and it "
            "would refuse clients that an address entry permits\n");
}

TEST(Losses, NetworksBetweenOctetsBecomeManyKeys) {
  EXPECT_EQ(written("sendmail-access", {"10.1.0.0/23", "!10.1.1.0/24"}),
            "Connect:10.1.0\tREJECT\nConnect:10.1.1\tOK\n");
  EXPECT_EQ(written("sendmail-access", {"2001:db8::/31"}),
            "Connect:IPv6:2001:db8\tREJECT\nConnect:IPv6:2001:db9\tREJECT\n");
}

TEST(Losses, MoreKeysThanAnEntryMayHaveAreRefused) {
  EXPECT_EQ(write("sendmail-access", {"2001:4000::/20"}).diagnostics.errors(), 0u);
  EXPECT_EQ(written("sendmail-access", {"192.0.2.1", "2001:4000::/19"}),
            "-:2: error: \"2001:4000::/19\" needs 8192 keys in a Sendmail access map, and 4096 are "
            "the most\n"
            "    write networks whose length is a multiple of 8, or of 16 for IPv6\n");
}

TEST(Losses, CompressedAddressesHideTheirZeros) {
  WriteOptions options;
  options.compressed_ipv6 = true;
  EXPECT_EQ(written("sendmail-access", {"2001:db8::1", "2001:db8:1::/48"}, options),
            "Connect:IPv6:2001:db8::1\tREJECT\nConnect:IPv6:2001:db8:1\tREJECT\n");
  EXPECT_EQ(
      written("sendmail-access", {"2001:db8::/48"}, options),
      "-:1: warning: \"2001:db8::/48\" is left out: a Sendmail that compresses IPv6 addresses "
      "does not look for its zeros\n");
  EXPECT_EQ(written("sendmail-access", {"2001:db8::1"}),
            "Connect:IPv6:2001:db8:0:0:0:0:0:1\tREJECT\n");
}

TEST(Losses, AnIpMapHoldsNoExceptions) {
  EXPECT_EQ(written("rspamd", {"192.0.2.0/24", "2001:db8::1", "!198.51.100.1"}),
            "192.0.2.0/24\n[2001:db8::1]/128\n"
            "-:3: warning: \"198.51.100.1\" is left out: an ip map of rspamd has no actions, and "
            "this is not that of the list\n");
  EXPECT_EQ(written("rspamd", {"192.0.2.0/24", "!192.0.2.1"}),
            "-:2: error: \"192.0.2.1\" cannot be left out, for it is an exception to 192.0.2.0/24, "
            "and an ip map of rspamd has no actions, and this is not that of the list\n");
}

}  // namespace
}  // namespace portcullis
