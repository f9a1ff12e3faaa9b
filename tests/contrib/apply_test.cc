// Putting a configuration into force: what happens at each step that can fail. A fake MTA has files
// that are real, and fails where the test says; tests/mta/ has the real ones.
#include "contrib/apply.h"

#include <algorithm>
#include <csignal>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/mta/support/scratch_directory.h"
#include "tests/support/seed.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Diagnostics why(const std::string& reason) {
  Diagnostics found;
  found.error("main.cf", 0, {}, reason);
  return found;
}

// Two files, of which one is new. Every call is written down.
class FakeMta : public MtaConfiguration {
 public:
  explicit FakeMta(std::string directory) : directory_(std::move(directory)) {}

  const Diagnostics& findings() const override { return findings_; }
  std::vector<GeneratedFile> files() const override { return {}; }
  tl::expected<std::vector<MtaChange>, Diagnostics> changes() const override {
    if (read_file(main_cf()) == kAfter) return std::vector<MtaChange>{};
    return std::vector<MtaChange>{{"main.cf", "smtpd_timeout", "300s", "5m", 3}};
  }
  std::vector<std::string> edited_files() const override { return {main_cf(), map()}; }
  tl::expected<void, Diagnostics> edit() const override {
    said.emplace_back("edit");
    write(main_cf(), fail_at == "edit" ? "half of it" : kAfter);
    if (fail_at == "edit") return tl::unexpected(why("cannot be edited"));
    write(map(), "a b\n");
    return {};
  }
  tl::expected<void, Diagnostics> rebuild() const override {
    said.emplace_back("rebuild");
    if (fail_at == "rebuild") return tl::unexpected(why("cannot be built again"));
    return {};
  }
  Diagnostics lint() const override {
    said.emplace_back("lint");
    return fail_at == "lint" ? why("is not liked") : Diagnostics();
  }
  bool running() const override { return is_running; }
  tl::expected<void, Diagnostics> reload() const override {
    said.emplace_back("reload");
    if (fail_at == "reload" || (fail_at == "second reload" && ++reloads_ == 2)) {
      return tl::unexpected(why("takes nothing"));
    }
    return {};
  }
  tl::expected<void, Diagnostics> restart() const override {
    said.emplace_back("restart");
    return {};
  }
  Diagnostics absence() const override {
    Diagnostics found;
    found.note("main.cf", 0, {}, "is not in use", {}, "has-ended");
    return found;
  }
  std::vector<MtaEndpoint> endpoints() const override {
    return {{"inbound", "127.0.0.1", 2525, false, true}};
  }
  Diagnostics obstacles() const override { return in_the_way; }
  std::vector<std::string> complaints() const override {
    std::vector<std::string> lines = {"fatal: of yesterday"};
    if (!said.empty() && !complaint.empty()) lines.push_back(complaint);
    for (int i = 0; !said.empty() && i < noise; ++i) {
      lines.push_back(fmt::format("postfix/smtpd[7]: warning: {} of a client", i));
    }
    return lines;
  }

  std::string main_cf() const { return directory_ + "/main.cf"; }
  std::string map() const { return directory_ + "/map"; }

  static void write(const std::string& path, const std::string& text) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    std::fputs(text.c_str(), file);
    std::fclose(file);
  }

  static constexpr const char* kBefore = "smtpd_timeout = 300s\n# ours\n";
  static constexpr const char* kAfter = "smtpd_timeout = 5m\n# ours\n";

  std::string fail_at;
  bool is_running = true;
  std::string complaint;
  int noise = 0;  // warnings behind it
  Diagnostics in_the_way;
  mutable std::vector<std::string> said;
  Diagnostics findings_;

 private:
  std::string directory_;
  mutable int reloads_ = 0;
};

class Apply : public ::testing::Test {
 protected:
  Apply() {
    FakeMta::write(mta_.main_cf(), FakeMta::kBefore);
    ::chmod(mta_.main_cf().c_str(), 0640);
    const timespec long_ago[] = {{1000000000, 0}, {1000000000, 5}};
    ::utimensat(AT_FDCWD, mta_.main_cf().c_str(), long_ago, 0);
    options_.directory = scratch_.path();
    options_.name = "2027-01-31T00:00:00Z";
    options_.probe = [this](const MtaEndpoint&) -> tl::expected<EndpointAnswer, std::string> {
      if (++probes_ < answers_at_) return tl::unexpected(std::string("does not answer"));
      return {};
    };
    options_.wait = [](std::chrono::milliseconds) {};
  }

  ApplyResult apply() { return apply_configuration(mta_, options_); }

  void expect_as_before() const {
    EXPECT_EQ(read_file(mta_.main_cf()), FakeMta::kBefore);
    EXPECT_NE(::access(mta_.map().c_str(), F_OK), 0) << "a new file stays";
    struct stat state {};
    ASSERT_EQ(::stat(mta_.main_cf().c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 07777, 0640U);
    EXPECT_EQ(state.st_mtim.tv_sec, 1000000000);
    EXPECT_EQ(state.st_mtim.tv_nsec, 5);
    EXPECT_NE(::access((scratch_ / "portcullis.backup/unfinished").c_str(), F_OK), 0);
  }

  ScratchDirectory scratch_{"apply"};
  FakeMta mta_{scratch_.path()};
  ApplyOptions options_;
  int probes_ = 0;
  int answers_at_ = 0;
};

TEST_F(Apply, PutsItIntoForce) {
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::applied);
  EXPECT_TRUE(result.reloaded);
  EXPECT_EQ(read_file(mta_.main_cf()), FakeMta::kAfter);
  EXPECT_THAT(mta_.said, ElementsAre("edit", "lint", "reload"));
  EXPECT_EQ(result.changes.size(), 1U);
}

TEST_F(Apply, TheSecondTimeTouchesNothing) {
  apply();
  struct stat before {};
  ::stat(mta_.main_cf().c_str(), &before);
  mta_.said.clear();
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::unchanged);
  EXPECT_THAT(mta_.said, IsEmpty());
  struct stat after {};
  ::stat(mta_.main_cf().c_str(), &after);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(Apply, AnMtaThatDoesNotRunIsNeitherReloadedNorAsked) {
  mta_.is_running = false;
  answers_at_ = 1000000;
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::applied);
  EXPECT_FALSE(result.reloaded);
  EXPECT_THAT(result.found.format_all(), HasSubstr("is not in use"));
  EXPECT_THAT(mta_.said, ElementsAre("edit", "lint"));
}

TEST_F(Apply, WaitsUntilTheMtaHasTakenOver) {
  answers_at_ = 9;  // with TLS and without it is asked before
  EXPECT_EQ(apply().outcome, ApplyOutcome::applied);
  EXPECT_EQ(probes_, 9);
}

TEST_F(Apply, WhatAnsweredBeforeMustAnswerAgain) {
  const auto answers_until = [this](int last) {
    options_.probe = [this, last](const MtaEndpoint&) -> tl::expected<EndpointAnswer, std::string> {
      if (++probes_ <= last) return {};
      return tl::unexpected(std::string("does not answer"));
    };
  };
  answers_until(1);  // before, and never again
  EXPECT_EQ(apply().outcome, ApplyOutcome::rollback_failed);
}

TEST_F(Apply, AnEndpointThatTurnsThisHostAwayAnswers) {
  options_.probe = [](const MtaEndpoint&) { return EndpointAnswer::turns_away; };
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::applied);
  EXPECT_THAT(result.found.format_all(), HasSubstr("note: \"127.0.0.1 port 2525\" of listener "
                                                   "inbound turns this host away, so its TLS was "
                                                   "not tried"));
}

TEST_F(Apply, AProgramThatEndsItselfIsAFailure) {
  mta_.complaint = "postfix/smtpd[7]: fatal: bad numerical configuration";
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back);
  EXPECT_THAT(result.found.format_all(), HasSubstr("bad numerical configuration"));
  EXPECT_THAT(result.log, ElementsAre(mta_.complaint));
  expect_as_before();
}

TEST_F(Apply, AWarningOfTheMtaIsPassedOn) {
  mta_.complaint = "postfix/smtpd[7]: warning: of something";
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::applied);
  EXPECT_THAT(result.log, ElementsAre(mta_.complaint));
}

TEST_F(Apply, AProgramThatEndsItselfIsFoundBehindMuchNoise) {
  mta_.complaint = "Dec  1 00:26:38 mx postfix/smtpd[7]: fatal: bad numerical configuration";
  mta_.noise = 100;
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back);
  EXPECT_THAT(result.found.format_all(), HasSubstr("bad numerical configuration"));
  EXPECT_EQ(result.log.size(), 10U);
}

TEST_F(Apply, WhatAClientSaysIsNoFailure) {
  mta_.complaint = "Dec  1 00:26:38 mx postfix/smtpd[7]: warning: from=<\"fatal: x\"@b.test>";
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::applied);
  EXPECT_THAT(result.log, ElementsAre(mta_.complaint));
}

TEST_F(Apply, WhatIsInTheWayIsFoundBeforeAFileIsTouched) {
  mta_.in_the_way = why("is taken");
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::refused);
  EXPECT_THAT(result.found.format_all(), HasSubstr("is taken"));
  EXPECT_THAT(mta_.said, IsEmpty());
  expect_as_before();
  mta_.is_running = false;  // then it is found at its start
  EXPECT_EQ(apply().outcome, ApplyOutcome::applied);
}

TEST_F(Apply, WhatThePolicyCannotBeMadeToDoIsRefused) {
  mta_.findings_ = why("cannot be done");
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::refused);
  EXPECT_THAT(result.found.format_all(), HasSubstr("cannot be done"));
  EXPECT_THAT(mta_.said, IsEmpty());
  expect_as_before();
}

struct FailurePoint {
  const char* at;
  std::vector<std::string> said;
};

class ApplyFailure : public Apply, public ::testing::WithParamInterface<FailurePoint> {};

TEST_P(ApplyFailure, IsTakenBack) {
  mta_.fail_at = GetParam().at;
  mta_.complaint = "fatal: no";
  if (mta_.fail_at == "answer") answers_at_ = 1000000;
  const ApplyResult result = apply();
  const bool dead = mta_.fail_at == "reload";  // it takes the way back no better
  EXPECT_EQ(result.outcome, dead ? ApplyOutcome::rollback_failed : ApplyOutcome::rolled_back);
  EXPECT_EQ(mta_.said, GetParam().said);
  EXPECT_THAT(result.log, ElementsAre("fatal: no"));
  EXPECT_TRUE(result.found.has_errors());
  if (!dead) expect_as_before();
}

INSTANTIATE_TEST_SUITE_P(
    At, ApplyFailure,
    ::testing::Values(FailurePoint{"edit", {"edit", "rebuild"}},
                      FailurePoint{"lint", {"edit", "lint", "rebuild"}},
                      FailurePoint{"reload", {"edit", "lint", "reload", "rebuild", "reload"}},
                      FailurePoint{"answer", {"edit", "lint", "reload", "rebuild", "reload"}}),
    [](const auto& point) { return std::string(point.param.at); });

TEST_F(Apply, SaysThatTheWayBackFailed) {
  answers_at_ = 1000000;
  mta_.fail_at = "rebuild";
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::rollback_failed);
  EXPECT_THAT(result.found.format_all(), HasSubstr("cannot be built again"));
  EXPECT_EQ(read_file(result.backup + "/0"), FakeMta::kBefore) << "for people";
}

TEST_F(Apply, KeepsTheLastFiveBackups) {
  for (int i = 0; i < 8; ++i) {
    FakeMta::write(mta_.main_cf(), fmt::format("smtpd_timeout = {}s\n", i));
    options_.name = fmt::format("2027-01-31T00:00:0{}Z", i);
    ASSERT_EQ(apply().outcome, ApplyOutcome::applied);
  }
  int kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "portcullis.backup")) {
    kept += entry.is_directory() ? 1 : 0;
  }
  EXPECT_EQ(kept, 5);
  EXPECT_EQ(read_file(scratch_ / "portcullis.backup/2027-01-31T00:00:07Z/0"),
            "smtpd_timeout = 7s\n");
}

TEST_F(Apply, TakesBackWhatAKilledRunHasLeft) {
  // Killed while it waits for the MTA to answer: everything is edited by then.
  const pid_t child = ::fork();
  if (child == 0) {
    options_.probe = [this](const MtaEndpoint&) -> tl::expected<EndpointAnswer, std::string> {
      if (!mta_.said.empty()) ::raise(SIGKILL);
      return {};
    };
    apply();
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_EQ(read_file(mta_.main_cf()), FakeMta::kAfter);

  mta_.fail_at = "lint";  // so that only the taking back is seen
  options_.name = "2027-01-31T00:00:01Z";
  const ApplyResult result = apply();
  EXPECT_TRUE(result.recovered);
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back);
  expect_as_before();
}

// A child applies again and again and is killed at random; whatever it has left, the next run goes
// back to the old configuration or on to the new one, never to half of one.
TEST_F(Apply, AKillAtAnyMomentLeavesNothingHalfDone) {
  constexpr int kKills = 60;
  std::mt19937_64 random(seeds().front());
  for (int i = 0; i < kKills; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      for (int n = 0;; ++n) {
        FakeMta::write(mta_.main_cf() + ".next", FakeMta::kBefore);
        ::rename((mta_.main_cf() + ".next").c_str(), mta_.main_cf().c_str());
        options_.name = fmt::format("2027-{:03}-{:06}", i, n);
        apply();
      }
    }
    ::usleep(static_cast<useconds_t>(random() % 4000));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    options_.name = fmt::format("2027-{:03}-zzzzzz", i);
    const ApplyResult result = apply();
    ASSERT_TRUE(result.outcome == ApplyOutcome::applied ||
                result.outcome == ApplyOutcome::unchanged)
        << to_string(result.outcome) << result.found.format_all();
    ASSERT_EQ(read_file(mta_.main_cf()), FakeMta::kAfter);
  }
}

// Sendmail that tries to get a port hears no signal.
TEST_F(Apply, OneThatDoesNotAnswerOnItsWayBackIsRestarted) {
  options_.patience = std::chrono::milliseconds(0);
  options_.probe = [this](const MtaEndpoint&) -> tl::expected<EndpointAnswer, std::string> {
    const bool deaf = std::ranges::find(mta_.said, "reload") != mta_.said.end() &&
                      std::ranges::find(mta_.said, "restart") == mta_.said.end();
    if (deaf) return tl::unexpected(std::string("does not answer"));
    return {};
  };
  const ApplyResult result = apply();
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back) << result.found.format_all();
  EXPECT_THAT(mta_.said, ElementsAre("edit", "lint", "reload", "rebuild", "reload", "restart"));
  expect_as_before();
}

}  // namespace
}  // namespace portcullis::testing
