#include "policy/prefix_table.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/prefix_sets.h"
#include "tests/support/seed.h"

namespace portcullis {
namespace {

using testing::PrefixSet;
using testing::Random;
using testing::random_address;

// All of IPv4, in 256 prefixes.
PrefixTable one_outcome(Outcome outcome) {
  PrefixSet set;
  for (std::uint32_t i = 0; i < 256; ++i) {
    set.push_back({IpPrefix(IpAddress::from_ipv4(i << 24), 8), outcome});
  }
  return PrefixTable::build(std::move(set)).value();
}

// What a reload does: tables are replaced while others read the one they hold.
TEST(PrefixTableThreads, CanBeReadWhileAnotherIsBuiltAndPublished) {
  std::mutex mutex;
  auto current = std::make_shared<const PrefixTable>(one_outcome(0));
  std::atomic<bool> done = false;
  std::atomic<unsigned> wrong = 0;
  const auto read = [&] {
    Random random(1);
    while (!done) {
      std::shared_ptr<const PrefixTable> table;
      {
        const std::lock_guard lock(mutex);
        table = current;
      }
      // Every generation gives all addresses one outcome.
      const Outcome generation = table->lookup(IpAddress::from_ipv4(0xc000'0201));
      for (int i = 0; i < 100; ++i) {
        const IpAddress any = random_address(AddressFamily::ipv4, random);
        if (table->lookup(any) != generation) ++wrong;
      }
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) readers.emplace_back(read);
  for (Outcome generation = 1; generation <= 200; ++generation) {
    auto next = std::make_shared<const PrefixTable>(one_outcome(generation));
    const std::lock_guard lock(mutex);
    current.swap(next);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace portcullis
