#include "config/diagnostic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portcullis {
namespace {

using testing::HasSubstr;

TEST(Diagnostic, NamesPlaceCulpritReasonAndRepair) {
  EXPECT_EQ(format({Severity::error, "/etc/portcullis/portcullis.conf", 14, "192.0.2.5/24",
                    "has host bits set", "write 192.0.2.0/24"}),
            "/etc/portcullis/portcullis.conf:14: error: \"192.0.2.5/24\" has host bits set\n"
            "    write 192.0.2.0/24");
}

TEST(Diagnostic, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(format({Severity::warning, "a.list", 0, {}, "is empty", {}}),
            "a.list: warning: is empty");
}

TEST(Diagnostic, EscapesEveryByteThatIsNotPrintable) {
  EXPECT_EQ(format({Severity::error, "a\n.list", 1, "\x1b[2J", "is\r bad", "do\x07 it"}),
            "a\\x0a.list:1: error: \"\\x1b[2J\" is\\x0d bad\n    do\\x07 it");
}

TEST(Diagnostic, CutsALongCulprit) {
  const std::string line = format({Severity::error, "a", 1, std::string(5000, 'x'), "is bad", {}});
  EXPECT_LT(line.size(), 200);
  EXPECT_THAT(line, HasSubstr("xxx...\" is bad"));
}

TEST(Diagnostics, StandInTheOrderOfFilesAndLines) {
  Diagnostics diagnostics;
  diagnostics.error("z", 2, "b", "is bad");
  diagnostics.error("a", 1, "c", "is bad");
  diagnostics.warning("z", 1, "a", "is odd");
  diagnostics.error("z", 2, "b2", "is bad");
  EXPECT_EQ(diagnostics.format_all(),
            "z:1: warning: \"a\" is odd\nz:2: error: \"b\" is bad\nz:2: error: \"b2\" is bad\n"
            "a:1: error: \"c\" is bad\n");
  EXPECT_EQ(diagnostics.errors(), 3U);
  EXPECT_EQ(diagnostics.warnings(), 1U);
}

TEST(Diagnostics, CountWhatTheyDoNotKeep) {
  Diagnostics diagnostics;
  for (std::uint32_t line = 1; line <= 1'500; ++line) diagnostics.error("a", line, "x", "is bad");
  diagnostics.error("b", 1, "x", "is bad");
  EXPECT_EQ(diagnostics.errors(), 1'501U);
  EXPECT_EQ(diagnostics.sorted().size(), 1'001U);
  EXPECT_THAT(diagnostics.format_all(), testing::EndsWith("\n500 more not shown\n"));
}

TEST(Diagnostics, WarningsDoNotPushAnErrorOut) {
  Diagnostics diagnostics;
  for (std::uint32_t line = 1; line <= 1'500; ++line) {
    diagnostics.warning("a", line, "x", "is odd");
  }
  diagnostics.error("a", 1'501, "x", "is bad");
  EXPECT_THAT(diagnostics.format_all(), HasSubstr("a:1501: error: \"x\" is bad\n"));
}

}  // namespace
}  // namespace portcullis
