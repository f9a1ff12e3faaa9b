// The whole path from the text of a list to a verdict, against a linear scan that reads the same
// text in its own way: with inet_pton(3), byte by byte.

#include <array>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "config/policy_file.h"
#include "policy/policy.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

// An address as sixteen bytes, IPv4 as IPv4-mapped IPv6.
using Bytes = std::array<unsigned char, 16>;

Bytes bytes_of(const std::string& text) {
  Bytes bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (text.find(':') != std::string::npos) {
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), bytes.data()), 1) << text;
  } else {
    EXPECT_EQ(inet_pton(AF_INET, text.c_str(), bytes.data() + 12), 1) << text;
  }
  return bytes;
}

struct ScannedLine {
  bool permit = false;
  std::string text;
  Bytes first{};
  Bytes last{};
  unsigned length = 0;  // bits of 128
};

// The linear scan: every line is read and compared for every question.
class Scan {
 public:
  void add(bool permit, const std::string& text) {
    ScannedLine line{permit, text, {}, {}, 0};
    const std::size_t slash = text.find('/');
    const std::string address = text.substr(0, slash);
    const unsigned offset = address.find(':') == std::string::npos ? 96 : 0;
    line.length = slash == std::string::npos
                      ? 128
                      : offset + static_cast<unsigned>(std::stoi(text.substr(slash + 1)));
    line.first = line.last = bytes_of(address);
    for (unsigned bit = line.length; bit < 128; ++bit) {
      const auto mask = static_cast<unsigned char>(0x80 >> bit % 8);
      line.first[bit / 8] &= static_cast<unsigned char>(~mask);
      line.last[bit / 8] |= mask;
    }
    lines_.push_back(line);
  }

  // The longest prefix; of equal ones permit, then the first line.
  const ScannedLine* decide(const Bytes& address) const {
    const ScannedLine* best = nullptr;
    for (const ScannedLine& line : lines_) {
      if (address < line.first || line.last < address) continue;
      if (best == nullptr || line.length > best->length ||
          (line.length == best->length && line.permit && !best->permit)) {
        best = &line;
      }
    }
    return best;
  }

  const std::vector<ScannedLine>& lines() const { return lines_; }

 private:
  std::vector<ScannedLine> lines_;
};

class RandomLists {
 public:
  RandomLists(std::uint64_t seed, const golden::ScratchFolder& folder) : random_(seed) {
    std::ostringstream permit("# permit\n", std::ios::ate);
    std::ostringstream deny("; deny\n", std::ios::ate);
    const std::size_t lines = 1 + random_() % 120;
    for (std::size_t i = 0; i < lines; ++i) {
      const bool to_permit = random_() % 3 == 0;
      const std::string entry = random_entry();
      scan.add(to_permit, entry);
      (to_permit ? permit : deny) << entry << decoration();
    }
    (void)folder.file("permit.list", permit.str());
    (void)folder.file("deny.list", deny.str());
    const std::string path = folder.file("portcullis.conf",
                                         "[listener inbound]\n"
                                         "[class bad]\naction = deny\nclients = file:deny.list\n"
                                         "[class good]\naction = permit\n"
                                         "clients = file:permit.list\n");
    auto loaded = load_policy(path);
    EXPECT_TRUE(loaded) << loaded.error().format_all();
    policy = loaded->policy;
  }

  // The edges of the entries and their neighbours, and anything.
  Bytes random_address() {
    const ScannedLine& line = scan.lines()[random_() % scan.lines().size()];
    Bytes address = random_() % 2 == 0 ? line.first : line.last;
    switch (random_() % 4) {
      case 0:
        step(address, +1);
        break;
      case 1:
        step(address, -1);
        break;
      case 2:
        address[8 + random_() % 8] ^= static_cast<unsigned char>(1 << random_() % 8);
        break;
      default:
        break;
    }
    return address;
  }

  Scan scan;
  std::shared_ptr<const Policy> policy;

 private:
  static void step(Bytes& address, int by) {
    for (std::size_t i = 16; i-- > 0;) {
      address[i] = static_cast<unsigned char>(address[i] + by);
      if (address[i] != (by > 0 ? 0x00 : 0xff)) return;
    }
  }

  // Addresses from a small space, so that entries nest, meet and repeat; host bits are mostly set.
  std::string random_entry() {
    char text[INET6_ADDRSTRLEN];
    if (random_() % 2 == 0) {
      const in_addr v4{htonl(static_cast<std::uint32_t>(0xc000'0200 + random_() % 1024))};
      inet_ntop(AF_INET, &v4, text, sizeof text);
      if (random_() % 2 == 0) return text;
      return std::string(text) + '/' + std::to_string(8 + random_() % 25);
    }
    in6_addr v6{};
    v6.s6_addr[0] = 0x20;
    v6.s6_addr[1] = 0x01;
    v6.s6_addr[7] = static_cast<unsigned char>(random_() % 4);
    v6.s6_addr[15] = static_cast<unsigned char>(random_() % 256);
    inet_ntop(AF_INET6, &v6, text, sizeof text);
    if (random_() % 2 == 0) return text;
    return std::string(text) + '/' + std::to_string(16 + random_() % 113);
  }

  std::string decoration() {
    static const std::array<std::string, 5> ends = {"\n", "\r\n", "   # seen\n", " ; SBL1\n",
                                                    " expires=2999-01-01T00:00:00Z # why\n"};
    return ends[random_() % ends.size()];
  }

  std::mt19937_64 random_;
};

TEST(ListToVerdict, AgreesWithALinearScanOfTheText) {
  constexpr Time kNow{std::chrono::seconds{1'800'000'000}};
  for (const std::uint64_t seed : testing::seeds()) {
    std::mt19937_64 seeds(seed);
    for (int round = 0; round < 1'000; ++round) {
      const golden::ScratchFolder folder;
      const std::uint64_t list_seed = seeds();
      RandomLists random(list_seed, folder);
      ASSERT_FALSE(HasFailure());
      for (int question = 0; question < 600; ++question) {
        const Bytes bytes = random.random_address();
        const IpAddress address = IpAddress::from_ipv6(bytes);
        const ScannedLine* expected = random.scan.decide(bytes);
        const Verdict verdict =
            random.policy->evaluate_connect(ListenerIndex{}, {address, {}}, kNow);
        const std::string said = expected == nullptr ? "default"
                                 : expected->permit  ? "permit"
                                                     : "deny";
        ASSERT_EQ(to_string(verdict.decided_by), said)
            << address.to_string() << " seed " << seed << " lists " << list_seed;
        if (expected == nullptr) continue;
        ASSERT_EQ(random.policy->describe(*verdict.entry).text,
                  IpPrefix(IpAddress::from_ipv6(expected->first),
                           address.is_ipv4() ? expected->length - 96 : expected->length)
                      .to_string())
            << address.to_string() << " seed " << seed << " lists " << list_seed;
      }
    }
  }
}

}  // namespace
}  // namespace portcullis
