// Files of random damage: whatever is in them, the check ends and says something printable.

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/seed.h"
#include "tests/tls/certificate_workshop.h"
#include "tls/certificate_check.h"

namespace portcullis::testing {
namespace {

constexpr int kRounds = 150;

// One to eight changes: a byte, a piece taken out, or a piece of it again elsewhere.
std::string damaged(std::string text, std::mt19937_64& random) {
  for (auto changes = 1 + random() % 8; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    const std::size_t size = random() % 200;
    switch (random() % 3) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, size);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), size));
    }
  }
  return text;
}

// One base64 letter for another, so that the DER inside is what is damaged.
std::string damaged_inside(std::string text, std::mt19937_64& random) {
  for (auto changes = 1 + random() % 4; changes > 0; --changes) {
    char& c = text[random() % text.size()];
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) c = "AQgw/+09"[random() % 8];
  }
  return text;
}

TEST(HostilePem, RandomDamageDoesNoHarm) {
  const CertificateWorkshop& workshop = CertificateWorkshop::instance();
  const ScratchDirectory scratch("tls");
  const std::string certificates = workshop.text("leaf.crt inter.crt root.crt");
  const std::string key = workshop.text("leaf.key");
  for (const std::uint64_t seed : seeds()) {
    std::mt19937_64 random(seed);
    int found_something = 0;
    for (int round = 0; round < kRounds; ++round) {
      const auto damage = round % 2 == 0 ? damaged : damaged_inside;
      const std::string key_file = scratch.write("mx.key", damage(key, random));
      ::chmod(key_file.c_str(), 0600);
      const auto checked = check_certificates(
          {scratch.write("mx.crt", damage(certificates, random)), key_file, {}, {"mx.example.com"}},
          workshop.day(1));
      const std::string text = checked.found.format_all();
      EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
        return c == '\n' || (c >= ' ' && c <= '~');
      })) << text;
      if (checked.found.has_errors()) ++found_something;
    }
    EXPECT_GT(found_something, kRounds / 2);
  }
}

}  // namespace
}  // namespace portcullis::testing
