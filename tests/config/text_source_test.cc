#include "config/text_source.h"

#include <filesystem>

#include <gmock/gmock.h>

#include "config/policy_file.h"
#include "tests/support/golden.h"

namespace portcullis {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kPolicy =
    "[listener inbound]\n[class blocked]\naction = deny\nclients = file:a.list\n";

TEST(TextSource, ReadsTheDiskButForWhatIsPutInPlace) {
  const golden::ScratchFolder folder;
  const std::string policy = folder.file("p.conf", std::string(kPolicy));
  const std::string list = folder.file("a.list", "192.0.2.1\n");
  EXPECT_EQ(load_policy(policy).value().policy->entry_count(), 1U);
  const TextSource edited = TextSource().with(list, "192.0.2.1\n192.0.2.2\n");
  EXPECT_EQ(load_policy(policy, edited).value().policy->entry_count(), 2U);
  const TextSource renamed =
      edited.with(policy, "[listener inbound]\n[class b]\naction=deny\nclients = 192.0.2.9\n");
  EXPECT_EQ(load_policy(policy, renamed).value().policy->entry_count(), 1U);
}

TEST(TextSource, KnowsAFileByEveryName) {
  const golden::ScratchFolder folder;
  const std::string policy = folder.file("p.conf", std::string(kPolicy));
  const std::string list = folder.file("real.list", "192.0.2.1\n");
  std::filesystem::create_symlink("real.list", folder.path() / "a.list");
  const TextSource edited = TextSource().with(list, "192.0.2.1\n192.0.2.2\n");
  EXPECT_EQ(load_policy(policy, edited).value().policy->entry_count(), 2U);
}

TEST(TextSource, AFileNeedNotBeThereYet) {
  const golden::ScratchFolder folder;
  const std::string policy = folder.file("p.conf", std::string(kPolicy));
  const TextSource made = TextSource().with((folder.path() / "a.list").string(), "192.0.2.1\n");
  EXPECT_FALSE(load_policy(policy));
  EXPECT_EQ(load_policy(policy, made).value().policy->entry_count(), 1U);
}

TEST(TextSource, HoldsATextAgainstTheRulesOfFiles) {
  for (const std::string& text :
       {std::string(), std::string("192.0.2.1"), std::string("a\0b\n", 4)}) {
    const golden::ScratchFolder folder;
    const std::string path = folder.file("a.list", text);
    const auto on_disk = read_text_file(path, TextFileKind::list);
    const auto in_place = TextSource().with(path, text).read(path, TextFileKind::list);
    ASSERT_FALSE(on_disk);
    ASSERT_FALSE(in_place);
    EXPECT_EQ(in_place.error().line, on_disk.error().line);
    EXPECT_EQ(in_place.error().problem.reason, on_disk.error().problem.reason);
  }
}

TEST(TextSource, StillSeesThatAllUsersMayWriteTheFile) {
  const golden::ScratchFolder folder;
  const std::string policy = folder.file("p.conf", std::string(kPolicy));
  const std::string list = folder.file("a.list", "192.0.2.1\n");
  std::filesystem::permissions(list, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  const auto loaded = load_policy(policy, TextSource().with(list, "192.0.2.2\n"));
  EXPECT_THAT(loaded.value().diagnostics.format_all(), HasSubstr("may be written by every user"));
}

}  // namespace
}  // namespace portcullis
