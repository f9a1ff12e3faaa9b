#pragma once

// A private configuration directory of Postfix that policies are applied to. Nothing runs.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/policy_file.h"
#include "contrib/postfix/postfix_configuration.h"
#include "tests/support/golden.h"

#include "host/program_run.h"

namespace portcullis {

inline constexpr const char* kSocket =
    "[daemon]\nsocket = unix:/var/spool/postfix/portcullis/milter.sock\n";

inline std::string text_of(const MtaChange& change) {
  return fmt::format("{} {}: {} -> {}", change.file, change.setting, change.before.value_or("-"),
                     change.after.value_or("-"));
}

// A directory as Debian's package makes it.
class PostfixApply : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(etc() / "sasl");
    std::filesystem::copy_file("/usr/share/postfix/main.cf.debian", etc() / "main.cf");
    std::filesystem::copy_file("/usr/share/postfix/master.cf.dist", etc() / "master.cf");
    cool_down();
  }

  std::filesystem::path etc() const { return scratch_.path() / "etc"; }

  void cool_down() const {
    for (const char* name : {"main.cf", "master.cf"}) golden::age(etc() / name);
  }

  void add(const char* name, const std::string& text) const {
    golden::write_file(etc() / name, golden::read_file(etc() / name) + text);
    cool_down();
  }

  std::unique_ptr<MtaConfiguration> configuration(const std::string& policy) const {
    const auto loaded = load_policy(scratch_.file("policy.conf", kSocket + policy));
    EXPECT_TRUE(loaded.has_value()) << loaded.error().format_all();
    return make_postfix_configuration(loaded->mta, {etc(), {}});
  }

  std::vector<std::string> changes(const std::string& policy) const {
    const auto found = configuration(policy)->changes();
    EXPECT_TRUE(found.has_value()) << found.error().format_all();
    std::vector<std::string> texts;
    for (const MtaChange& change : *found) texts.push_back(text_of(change));
    return texts;
  }

  void apply(const std::string& policy) const {
    const auto edited = configuration(policy)->edit();
    EXPECT_TRUE(edited.has_value()) << edited.error().format_all();
    cool_down();
    EXPECT_THAT(changes(policy), testing::IsEmpty());
  }

  std::string postconf(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = {"postconf", "-c", etc()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto run = run_program(command);
    EXPECT_TRUE(run && run->succeeded());
    EXPECT_EQ(run->errors, "");
    return run->output;
  }

  // All that Postfix reads, whatever its layout.
  std::string all_settings() const {
    return postconf({"-n"}) + postconf({"-F"}) + postconf({"-P"});
  }

  // Which files there are, and whether one has been written since.
  std::string traces() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(etc())) {
      struct stat state {};
      stat(entry.path().c_str(), &state);
      all.push_back(fmt::format("{} {} {}.{}", entry.path().string(), state.st_ino,
                                state.st_mtim.tv_sec, state.st_mtim.tv_nsec));
    }
    std::ranges::sort(all);
    return fmt::format("{}", fmt::join(all, "\n"));
  }

  golden::ScratchFolder scratch_;
};

}  // namespace portcullis
