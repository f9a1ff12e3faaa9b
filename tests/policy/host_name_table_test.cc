#include "policy/host_name_table.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HostNameTableTest : public ::testing::Test {
 protected:
  void add(std::string_view name, std::uint32_t source = 0) {
    table_.add(name, {static_cast<SourceIndex>(source), ++line_}, std::nullopt);
  }
  void build() { table_.build({2, 0, 1}); }  // source 1 is the strongest, source 0 the weakest

  std::vector<std::string> matching(std::string_view name) {
    std::vector<std::string> texts;
    table_.for_each_matching(name, [&](std::uint32_t entry) {
      texts.push_back(table_.text(entry) + "@" +
                      std::to_string(static_cast<int>(table_.origin(entry).source)));
    });
    return texts;
  }

  HostNameTable table_;
  std::uint32_t line_ = 0;
};

TEST_F(HostNameTableTest, AnExactNameHoldsNothingBelowIt) {
  add("mx.example.com");
  build();
  EXPECT_THAT(matching("mx.example.com"), ElementsAre("mx.example.com@0"));
  EXPECT_THAT(matching("a.mx.example.com"), IsEmpty());
  EXPECT_THAT(matching("example.com"), IsEmpty());
}

TEST_F(HostNameTableTest, ADomainHoldsItselfAndEverythingBelow) {
  add(".example.com");
  build();
  EXPECT_THAT(matching("example.com"), ElementsAre(".example.com@0"));
  EXPECT_THAT(matching("a.b.example.com"), ElementsAre(".example.com@0"));
  EXPECT_THAT(matching("badexample.com"), IsEmpty());
  EXPECT_THAT(matching("example.com.evil"), IsEmpty());
}

TEST_F(HostNameTableTest, TheExactNameComesFirstThenTheLongestDomain) {
  add(".com");
  add("a.example.com");
  add(".example.com");
  add(".a.example.com");
  build();
  EXPECT_THAT(matching("a.example.com"),
              ElementsAre("a.example.com@0", ".a.example.com@0", ".example.com@0", ".com@0"));
}

TEST_F(HostNameTableTest, TheStrongestOfOneNameComesFirst) {
  add(".example.com", 0);
  add(".example.com", 2);
  add(".example.com", 1);
  add(".EXAMPLE.com", 1);
  build();
  EXPECT_EQ(table_.size(), 3u);
  EXPECT_THAT(matching("example.com"),
              ElementsAre(".example.com@1", ".example.com@2", ".example.com@0"));
}

TEST_F(HostNameTableTest, FoldsCaseAndTheRootDot) {
  add("MX.Example.COM");
  build();
  EXPECT_THAT(matching("mx.eXample.com."), ElementsAre("mx.example.com@0"));
}

TEST_F(HostNameTableTest, IgnoresNamesThatCannotBe) {
  add(".com");
  build();
  EXPECT_THAT(matching(""), IsEmpty());
  EXPECT_THAT(matching("."), IsEmpty());
  EXPECT_THAT(matching(std::string(300, 'a') + ".com"), IsEmpty());
  EXPECT_THAT(matching("..com"), ElementsAre(".com@0"));
}

}  // namespace
}  // namespace portcullis
