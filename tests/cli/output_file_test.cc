// --output FILE, with the export of a list.
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

class OutputFile : public Cli {
 protected:
  OutputFile() {
    write_policy("[listener inbound]\n[class blocked]\naction = deny\nclients = file:b.list\n");
    write_list("b.list", kList);
  }

  // In the scratch folder, with this behind the export.
  CommandResult run_export(const std::string& before, const std::string& behind) const {
    return shell(fmt::format("cd {} && {}\"$P\" -c \"$C\" list export blocked --format native {}",
                             scratch_.path().string(), before, behind));
  }
  std::string text_of(const std::string& name) const { return read_file(scratch_ / name); }

  static constexpr std::string_view kList = "192.0.2.1\n192.0.2.2\n";
};

TEST_F(OutputFile, TakesThePlaceOfAFileThatIsNoList) {
  write_list("out", "no line end");
  const CommandResult result = run_export("", "--output out");
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_EQ(text_of("out"), kList);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "out~"));
}

TEST_F(OutputFile, IsNotLeftInHalf) {
  std::string list;
  for (int i = 1; i < 200; ++i) list += fmt::format("192.0.2.{}\n", i);
  write_list("b.list", list);
  const CommandResult result = run_export("ulimit -f 1 && ", "--output out");
  EXPECT_EQ(result.status.code, 74);
  EXPECT_THAT(result.error, HasSubstr("ulimit -f"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "out"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / ".out.new"));
}

TEST_F(OutputFile, OfOurOwnDescriptorIsWrittenWhereItStands) {
  for (const std::string file : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    const CommandResult result =
        run_export("echo '# head' > out && ", "--output " + file + " >> out");
    EXPECT_EQ(result.status.code, 0) << result.error;
    EXPECT_EQ(text_of("out"), "# head\n" + std::string(kList)) << file;
  }
  EXPECT_EQ(run_export("", "--output /dev/fd/3 3> out").status.code, 0);
  EXPECT_EQ(text_of("out"), kList);
  EXPECT_EQ(run_export("", "--output /dev/stdout | cat").output, kList);
}

TEST_F(OutputFile, IsWrittenToIfItIsNoRegularFile) {
  EXPECT_EQ(run_export("", "--output /dev/null").status.code, 0);
  EXPECT_EQ(
      run_export("mkfifo pipe && (cat pipe > out &) && ", "--output pipe && sleep 0.2").status.code,
      0);
  EXPECT_TRUE(std::filesystem::is_fifo(scratch_ / "pipe"));
}

}  // namespace
}  // namespace portcullis::testing
