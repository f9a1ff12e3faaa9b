// What writers write, to the byte, and what they say of what they leave out.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/golden.h"

#include "formats/format.h"

namespace portcullis {
namespace {

std::vector<ListEntry> entries_of(std::string_view format, std::string_view text) {
  const ListReading reading = find_list_format(format)->read(text, {});
  EXPECT_FALSE(reading.diagnostics.has_errors()) << reading.diagnostics.format_all();
  return reading.entries;
}

ListWriting written(std::string_view format, const std::vector<ListEntry>& entries,
                    WriteOptions options = {}) {
  options.file = "list";
  return find_list_format(format)->write(entries, options);
}

ListEntry entry_of(Listed listed) {
  ListEntry entry;
  entry.listed = std::move(listed);
  return entry;
}

std::string sample(const std::string& name) {
  return golden::read_file(golden::data_folder() / "formats" / name);
}

TEST(TrendWriter, WritesTheVendorsSampleButForItsHostBits) {
  const auto entries = entries_of("trend", sample("trend/sample_of_the_vendor.in"));
  const ListWriting writing = written("trend", entries);
  EXPECT_EQ(writing.text,
            "192.168.1.1\n"
            "192.168.2.0:255.255.255.0\n"
            "192.168.3.0:255.255.255.128\n"
            "192.168.4.100\n"
            "192.168.5.0:255.255.255.192\n"
            "2001:db8:10ff::ae:44f2\n"
            "2001:db8::/32\n");
  EXPECT_EQ(writing.diagnostics.format_all(), "");
}

TEST(TrendWriter, SaysWhatItCannotHold) {
  const auto entries = entries_of("native",
                                  "192.0.2.1-192.0.2.3 # office\n"
                                  "mx.example.com\n"
                                  "192.0.2.9 expires=2027-01-31T00:00:00Z\n"
                                  "192.0.2.1\n");
  const ListWriting writing = written("trend", entries);
  EXPECT_EQ(writing.text, "192.0.2.1\n192.0.2.2:255.255.255.254\n");
  EXPECT_EQ(
      writing.diagnostics.format_all(),
      "list: warning: a Trend Micro list holds no comments: 1 lost\n"
      "list:2: warning: \"mx.example.com\" is left out: a Trend Micro list cannot hold a host "
      "name\n"
      "list:3: warning: \"192.0.2.9\" is left out: a Trend Micro list cannot say that it "
      "expires at 2027-01-31T00:00:00Z\n"
      "    use --keep-expiring to write it for good\n");
}

TEST(TrendWriter, WarnsBeyondWhatDdeiHolds) {
  std::vector<ListEntry> hosts;
  for (std::uint32_t i = 0; i < 2049; ++i) {
    hosts.push_back(entry_of(IpPrefix::host(IpAddress::from_ipv4(0x0a000000 + 2 * i))));
  }
  EXPECT_EQ(written("trend", hosts).diagnostics.format_all(),
            "list: warning: holds 2049 entries: Deep Discovery Email Inspector takes 2048 at most\n"
            "    there, join neighbouring networks or split the list\n");
  hosts.pop_back();
  EXPECT_EQ(written("trend", hosts).diagnostics.format_all(), "");
}

TEST(SymantecWriter, WritesTheSampleOneOnALine) {
  const ListWriting writing =
      written("symantec", entries_of("symantec", sample("symantec/sample.in")));
  EXPECT_EQ(writing.text,
            "192.0.2.1\n192.0.2.0/24\nexample.com\n2001:db8::/32\n.partner.example\n"
            "198.51.100.0/24\n");
  EXPECT_EQ(
      writing.diagnostics.format_all(),
      "list: warning: holds example.com as a name alone: the product may take such a name with "
      "all below it\n");
}

TEST(ImailWriter, WritesMasksAndRangesOfIpv4) {
  const ListWriting writing =
      written("imail", entries_of("native", "10.0.0.0/8\n192.0.2.1\n192.0.2.1-192.0.2.9\n::1\n"));
  EXPECT_EQ(writing.text, "10.0.0.0 255.0.0.0\n192.0.2.1\n192.0.2.1-192.0.2.9\n");
  EXPECT_EQ(writing.diagnostics.format_all(),
            "list:4: warning: \"::1\" is left out: an IMail access list holds IPv4 alone\n");
}

TEST(ImailKillWriter, WritesSendersAlone) {
  std::vector<ListEntry> entries = entries_of("imail-kill", "joe@example.com\n@*widget.com\n");
  entries.push_back(entry_of(ListedSender{"#joe@example.com"}));
  entries.push_back(entry_of(ListedName{"example.com"}));
  const ListWriting writing = written("imail-kill", entries);
  EXPECT_EQ(writing.text, "joe@example.com\n@*widget.com\n");
  EXPECT_EQ(
      writing.diagnostics.format_all(),
      "list: warning: \"#joe@example.com\" is left out: its line would be read as a comment\n"
      "list: warning: \"example.com\" is left out: an IMail kill file holds senders, and this "
      "is a client\n");
}

TEST(NativeWriter, LeavesOutSenders) {
  const ListWriting writing = written("native", entries_of("imail-kill", "joe@example.com\n"));
  EXPECT_EQ(writing.text, "");
  EXPECT_EQ(writing.diagnostics.warnings(), 1U);
}

TEST(NativeWriter, WritesNoLineThatItsReaderRefuses) {
  std::vector<ListEntry> entries = entries_of("native", "192.0.2.1\n");
  entries[0].comment = std::string(5000, 'x');
  const ListWriting writing = written("native", entries);
  EXPECT_EQ(writing.text, "192.0.2.1\n");
  EXPECT_EQ(writing.diagnostics.warnings(), 1U);
}

TEST(CsvWriter, WritesNoFormula) {
  const ListWriting writing =
      written("csv", entries_of("native",
                                "192.0.2.1 # =HYPERLINK(\"http://example.com\",\"x\")\n"
                                "192.0.2.2 expires=2027-01-31T00:00:00Z # @SUM(1)\n"
                                "192.0.2.3 # 'tis\n"
                                "192.0.2.4 # a = b\n"));
  EXPECT_EQ(writing.text,
            "address,comment,expires\r\n"
            "192.0.2.1,\"'=HYPERLINK(\"\"http://example.com\"\",\"\"x\"\")\",\r\n"
            "192.0.2.2,'@SUM(1),2027-01-31T00:00:00Z\r\n"
            "192.0.2.3,''tis,\r\n"
            "192.0.2.4,a = b,\r\n");
}

TEST(CsvWriter, WritesNoRecordThatItsReaderRefuses) {
  std::vector<ListEntry> entries = entries_of("native", "192.0.2.1\n");
  entries[0].comment = std::string(3000, '"');  // doubled in a quoted field
  const ListWriting writing = written("csv", entries);
  EXPECT_EQ(writing.text, "address,comment,expires\r\n192.0.2.1,,\r\n");
  EXPECT_EQ(writing.diagnostics.warnings(), 1U);
}

TEST(JsonWriter, WritesOneObjectOnALine) {
  EXPECT_EQ(written("json", {}).text, "[\n]\n");
  auto entries = entries_of(
      "native", "192.0.2.1 expires=2027-01-31T00:00:00Z # say \"hi\" \\ there\n.example.com\n");
  entries[1].action = Action::permit;
  EXPECT_EQ(written("json", entries).text,
            "[\n"
            " {\"address\":\"192.0.2.1\",\"comment\":\"say \\\"hi\\\" \\\\ there\","
            "\"expires\":\"2027-01-31T00:00:00Z\"},\n"
            " {\"address\":\".example.com\",\"action\":\"permit\"}\n"
            "]\n");
}

ListEntry permitted(std::string_view entry) {
  ListEntry permit = entries_of(entry.find('@') == entry.npos ? "native" : "imail-kill", entry)[0];
  permit.action = Action::permit;
  return permit;
}

// The list is one of denials, of which `exception` is one or is none.
struct ExceptionCase {
  std::string format;
  std::string denied;
  std::string permitted;
  bool is_exception;
};

class OneAction : public testing::TestWithParam<ExceptionCase> {};

TEST_P(OneAction, RefusesToLoseAnException) {
  const auto& [format, denied, permit, is_exception] = GetParam();
  const std::string source = denied.find('@') == std::string::npos ? "native" : "imail-kill";
  std::vector<ListEntry> entries = entries_of(source, denied);
  entries.push_back(permitted(permit));
  const ListWriting writing = written(format, entries);
  EXPECT_EQ(writing.diagnostics.has_errors(), is_exception);
  EXPECT_EQ(writing.text.empty(), is_exception) << writing.text;
  EXPECT_NE(writing.diagnostics.format_all().find("says permit in a list of deny"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, OneAction,
    testing::Values(ExceptionCase{"trend", "192.0.2.0/24", "192.0.2.7", true},
                    ExceptionCase{"native", "192.0.2.0/24", "192.0.2.0/24", true},
                    ExceptionCase{"csv", "192.0.2.0/24", "192.0.3.0/24", false},
                    ExceptionCase{"trend", "192.0.2.0/24", "192.0.0.0/16", false},
                    ExceptionCase{"imail", "192.0.2.1-192.0.2.9", "192.0.2.4", true},
                    ExceptionCase{"imail", "192.0.2.1", "192.0.2.0-192.0.2.9", false},
                    ExceptionCase{"symantec", ".example.com", "mx.example.com", true},
                    ExceptionCase{"symantec", ".example.com", "example.com", true},
                    ExceptionCase{"symantec", ".example.com", ".b.example.com", true},
                    ExceptionCase{"symantec", ".example.com", "myexample.com", false},
                    ExceptionCase{"symantec", "example.com", "mx.example.com", false},
                    ExceptionCase{"imail-kill", "@example.com", "joe@example.com", true},
                    ExceptionCase{"imail-kill", "@*example.com", "joe@myexample.com", true},
                    ExceptionCase{"imail-kill", "@*example.com", "@example.net", false}),
    [](const auto& parameter) { return fmt::format("{}", parameter.index); });

TEST(OneActionOfAll, AnExceptionThatHasExpiredIsNone) {
  std::vector<ListEntry> entries = entries_of("native", "192.0.2.0/24\n");
  entries.push_back(permitted("192.0.2.7"));
  entries.back().expires = Time(std::chrono::seconds(1));
  WriteOptions options;
  options.now = Time(std::chrono::seconds(2));
  EXPECT_EQ(written("trend", entries, options).text, "192.0.2.0:255.255.255.0\n");
}

TEST(NetworksOf, ARangeOfIpv6IsNeverEveryIpv4Client) {
  const auto entries = entries_of("native", "::fffe:0:1-::1:0:0:1\n");
  for (const IpPrefix& network : networks_of(entries[0].listed)) {
    EXPECT_NE(network.to_string(), "::ffff:0.0.0.0/96");
    const ListWriting writing = written("trend", {entry_of(network)});
    EXPECT_EQ(entries_of("trend", writing.text)[0].listed, Listed(network)) << writing.text;
  }
}

}  // namespace
}  // namespace portcullis
