#include "policy/ip_address.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <sstream>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using testing::below;
using testing::Random;

IpAddress address(const std::string& text) {
  return IpAddress::parse(text).value();
}

std::array<std::uint8_t, 16> bytes_of(AddressBits bits) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(bits >> (120 - 8 * i));
  return bytes;
}

// What inet_pton(3) makes of a text, IPv4-mapped addresses folded.
std::optional<IpAddress> by_inet_pton(const std::string& text) {
  in_addr ipv4{};
  if (inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return IpAddress::from_ipv4(ntohl(ipv4.s_addr));
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return IpAddress::from_ipv6(bytes);
  return std::nullopt;
}

// RFC 5952, which inet_ntop(3) of glibc follows but for one thing: it writes ::a.b.c.d for the
// IPv4-compatible addresses that RFC 4291 section 2.5.5.1 deprecates.
std::string by_inet_ntop(const std::array<std::uint8_t, 16>& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
}

TEST(IpAddress, ReadsBothFamilies) {
  EXPECT_EQ(address("127.0.0.1"), IpAddress::from_ipv4(0x7f000001));
  EXPECT_EQ(address("0.0.0.0"), IpAddress());
  EXPECT_EQ(address("255.255.255.255").ipv4_value(), 0xffffffffU);
  EXPECT_EQ(address("2001:db8::1").bits(), static_cast<AddressBits>(0x20010db800000000) << 64 | 1);
  EXPECT_EQ(address("::").bits(), AddressBits{0});
  EXPECT_EQ(address("1:2:3:4:5:6:7:8").to_string(), "1:2:3:4:5:6:7:8");
  EXPECT_EQ(address("64:ff9b::192.0.2.33").to_string(), "64:ff9b::c000:221");
}

TEST(IpAddress, FoldsIpv4MappedAddresses) {
  const IpAddress folded = IpAddress::from_ipv4(0xc0000201);
  EXPECT_EQ(address("::ffff:192.0.2.1"), folded);
  EXPECT_EQ(address("::FFFF:c000:0201"), folded);
  EXPECT_EQ(address("0:0:0:0:0:ffff:192.0.2.1"), folded);
  EXPECT_EQ(IpAddress::from_ipv6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1}), folded);
  EXPECT_EQ(folded.to_string(), "192.0.2.1");
}

TEST(IpAddress, DoesNotFoldWhatOnlyCarriesAnIpv4Address) {
  for (const char* text : {"::192.0.2.1", "64:ff9b::192.0.2.1", "2002:c000:201::",
                           "::ffff:0:1.2.3.4", "2001:0:1::1.2.3.4", "1::ffff:1.2.3.4"}) {
    EXPECT_EQ(address(text).family(), AddressFamily::ipv6) << text;
  }
}

TEST(IpAddress, RemembersThatItWasWrittenAsIpv4Mapped) {
  EXPECT_TRUE(parse_written_address("::ffff:192.0.2.1").value().mapped);
  EXPECT_FALSE(parse_written_address("192.0.2.1").value().mapped);
  EXPECT_FALSE(parse_written_address("::192.0.2.1").value().mapped);
}

struct BadText {
  const char* text;
  AddressError error;
};

TEST(IpAddress, SaysWhyATextIsNotAnAddress) {
  using enum AddressError;
  for (const BadText& bad :
       std::initializer_list<BadText>{{"", empty},
                                      {"localhost", bad_character},
                                      {" 192.0.2.1", bad_character},
                                      {"192.0.2.1 ", bad_character},
                                      {"192.0.2.x", bad_character},
                                      {"192.0.2.-1", bad_character},
                                      {"0x7f.0.0.1", bad_character},
                                      {"[2001:db8::1]", bad_ipv6},
                                      {"010.0.0.1", leading_zero},
                                      {"1.2.3.00", leading_zero},
                                      {"256.0.0.1", octet_out_of_range},
                                      {"1.2.3.99999999999999999999", octet_out_of_range},
                                      {"192.168.1", not_four_octets},
                                      {"1", not_four_octets},
                                      {"1.2.3.4.5", not_four_octets},
                                      {"1..2.3", not_four_octets},
                                      {"1.2.3.", not_four_octets},
                                      {"fe80::1%eth0", zone_id},
                                      {"192.0.2.1%1", zone_id},
                                      {":", bad_ipv6},
                                      {":::", bad_ipv6},
                                      {"1::2::3", bad_ipv6},
                                      {"12345::", bad_ipv6},
                                      {"g::", bad_ipv6},
                                      {"1:2:3:4:5:6:7", bad_ipv6},
                                      {"1:2:3:4:5:6:7:", bad_ipv6},
                                      {"1:2:3:4:5:6:7:8:9", bad_ipv6},
                                      {"1:2:3:4:5:6:7::8", bad_ipv6},
                                      {"1:2:3:4:5:6:7:1.2.3.4", bad_ipv6},
                                      {"1.2.3.4::", bad_ipv6},
                                      {"::1.2.3.4:5", bad_ipv6},
                                      {"::ffff:1.2.3.256", octet_out_of_range},
                                      {"::ffff:01.2.3.4", leading_zero}}) {
    const auto parsed = IpAddress::parse(bad.text);
    ASSERT_FALSE(parsed.has_value()) << bad.text;
    EXPECT_EQ(parsed.error(), bad.error) << bad.text << ' ' << describe(parsed.error());
  }
}

TEST(IpAddress, EveryErrorHasItsOwnWords) {
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(AddressError::bad_ipv6); ++i) {
    const std::string_view text = describe(static_cast<AddressError>(i));
    EXPECT_FALSE(text.empty());
    EXPECT_TRUE(words.insert(text).second) << text;
  }
}

TEST(IpAddress, SortsIpv4BeforeIpv6AndThenByValue) {
  const std::vector<IpAddress> sorted = {
      address("0.0.0.0"), address("1.0.0.0"), address("255.255.255.255"), address("::"),
      address("::1"),     address("1::"),     address("ffff::")};
  EXPECT_TRUE(std::ranges::is_sorted(sorted));
}

// Few words and digits, so that what is almost an address is often generated.
std::string random_text(Random& random) {
  static const std::vector<std::string> kParts = {
      "0",    "1",   "00", "01",   "7",   "10",    "99", "255", "256", "300",
      "1000", "f",   "FF", "ffff", "db8", "12345", ":",  ":",   "::",  ".",
      ".",    ":0:", "x",  "%",    " ",   "-",     "+",  "0x1", "/"};
  std::string text;
  for (std::size_t parts = below(16, random); parts > 0; --parts) {
    text += kParts[below(kParts.size(), random)];
  }
  return text;
}

std::string valid_text(Random& random) {
  const IpAddress any = testing::random_address(testing::random_family(random), random);
  AddressBits bits = any.bits();
  // Zero groups, for "::".
  for (std::size_t zeros = below(8, random); zeros > 0; --zeros) {
    bits &= ~(static_cast<AddressBits>(0xffff) << 16 * below(8, random));
  }
  if (any.is_ipv4()) return any.to_string();
  if (random() % 4 != 0) return by_inet_ntop(bytes_of(bits));
  std::ostringstream text;
  for (unsigned group = 0; group < 6; ++group) {
    text << std::hex << static_cast<unsigned>(bits >> (112 - 16 * group) & 0xffff) << ':';
  }
  return text.str() + testing::random_address(AddressFamily::ipv4, random).to_string();
}

std::string mutated(std::string text, Random& random) {
  static constexpr std::string_view kAlphabet = "0123456789abcdefABCDEFg:.% -";
  for (std::size_t edits = below(3, random); edits > 0; --edits) {
    const std::size_t at = below(text.size() + 1, random);
    const char c = kAlphabet[below(kAlphabet.size(), random)];
    if (random() % 3 == 0) {
      text.insert(at, 1, c);
    } else if (at < text.size() && random() % 2 == 0) {
      text.erase(at, 1);
    } else if (at < text.size()) {
      text[at] = c;
    }
  }
  return text;
}

TEST(IpAddress, AcceptsExactlyWhatInetPtonAccepts) {
  for (const std::uint64_t seed : testing::seeds()) {
    Random random(seed);
    int accepted = 0;
    for (int i = 0; i < 400'000 && !HasFailure(); ++i) {
      const std::string text =
          i % 4 == 0 ? random_text(random) : mutated(valid_text(random), random);
      const auto parsed = IpAddress::parse(text);
      const auto expected = by_inet_pton(text);
      ASSERT_EQ(parsed.has_value(), expected.has_value())
          << '"' << text << "\" PORTCULLIS_TEST_SEED=" << seed;
      if (!expected) continue;
      ASSERT_EQ(*parsed, *expected) << '"' << text << "\" PORTCULLIS_TEST_SEED=" << seed;
      ++accepted;
    }
    EXPECT_GT(accepted, 50'000) << "the generator lost its point";
  }
}

TEST(IpAddress, DoesNotStopAtANulCharacter) {
  EXPECT_FALSE(IpAddress::parse(std::string_view("192.0.2.1\0", 10)).has_value());
  EXPECT_FALSE(IpAddress::parse(std::string_view("::1\0", 4)).has_value());
}

TEST(IpAddress, WritesTheTextOfRfc5952) {
  EXPECT_EQ(address("2001:0DB8:0:0:0:0:0:1").to_string(), "2001:db8::1");
  EXPECT_EQ(address("2001:db8:0:1:1:1:1:1").to_string(), "2001:db8:0:1:1:1:1:1") << "4.2.2";
  EXPECT_EQ(address("2001:0:0:1:0:0:0:1").to_string(), "2001:0:0:1::1") << "4.2.3, longest";
  EXPECT_EQ(address("2001:db8:0:0:1:0:0:1").to_string(), "2001:db8::1:0:0:1") << "4.2.3, first";
  EXPECT_EQ(address("0:0:0:0:0:0:0:0").to_string(), "::");
  EXPECT_EQ(address("1::").to_string(), "1::");
}

TEST(IpAddress, WritesWhatInetNtopWritesAndReadsItBack) {
  for (const std::uint64_t seed : testing::seeds()) {
    Random random(seed);
    for (int i = 0; i < 200'000 && !HasFailure(); ++i) {
      const std::string trace = "PORTCULLIS_TEST_SEED=" + std::to_string(seed);
      const IpAddress any = address(valid_text(random));
      const std::string text = any.to_string();
      ASSERT_EQ(address(text), any) << text << ' ' << trace;
      const bool ipv4_compatible = any.bits() >> 32 == 0;
      if (any.is_ipv4() || ipv4_compatible) continue;
      ASSERT_EQ(text, by_inet_ntop(bytes_of(any.bits()))) << trace;
    }
  }
}

}  // namespace
}  // namespace portcullis
