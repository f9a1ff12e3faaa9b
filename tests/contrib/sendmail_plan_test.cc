// What a policy becomes for Sendmail: golden files, each of which real m4 builds and real sendmail
// reads without a complaint. A new case is a folder in tests/data/generate/sendmail with a
// policy.conf; PORTCULLIS_REGENERATE=1 writes the rest.
#include "contrib/sendmail/sendmail_plan.h"

#include <filesystem>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/policy_file.h"
#include "tests/mta/support/child_process.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/mta/support/sendmail_programs.h"
#include "tests/support/golden.h"

namespace portcullis::testing {
namespace {

std::string folder_of(const std::string& name) {
  return golden::data_folder() / "generate" / "sendmail" / name;
}

MtaSettings settings_of(const std::string& name) {
  const auto loaded = load_policy(folder_of(name) + "/policy.conf");
  EXPECT_TRUE(loaded) << loaded.error().format_all();
  MtaSettings settings = loaded ? loaded->mta : MtaSettings{};
  settings.policy_file = "policy.conf";
  return settings;
}

class SendmailCase : public ::testing::TestWithParam<std::string> {};

TEST_P(SendmailCase, GivesTheExpectedFiles) {
  const SendmailPlan plan = plan_sendmail(settings_of(GetParam()), {});
  std::string files;
  for (const GeneratedFile& file : plan.files) {
    if (file.name != "sendmail.mc") files += "==> " + file.name + " <==\n" + file.text;
  }
  golden::compare(folder_of(GetParam()) + "/files", files);
  golden::compare(folder_of(GetParam()) + "/findings", plan.found.format_all());
}

// Without what only an installed package has made: autoconf.m4, local-host-names.
std::string without_debian(std::string mc) {
  const auto replace = [&mc](const std::string& from, const std::string& to) {
    const std::size_t at = mc.find(from);
    if (at != std::string::npos) mc.replace(at, from.size(), to);
  };
  replace("OSTYPE(`debian')", "OSTYPE(`linux')");
  replace("DOMAIN(`debian-mta')dnl\n", "");
  replace("FEATURE(`use_cw_file')dnl\n", "");
  return mc;
}

// What sendmail says of a configuration when it prints its queue groups: nothing, if all is well.
std::string complaints_about(const std::string& cf) {
  const std::string sendmail = sendmail_root() / "usr/libexec/sendmail/sendmail";
  const CommandResult result = run_command(
      {"unshare", "--uts", "sh", "-c",
       "hostname mx.test; exec \"$1\" -C \"$2\" -bP -O DontBlameSendmail=TrustStickyBit </dev/null",
       "sh", sendmail, cf});
  std::string complaints;
  std::istringstream lines(result.error + result.output);
  for (std::string line; std::getline(lines, line);) {
    // What it prints when all is well, and what a test's directory brings.
    const bool usual = line.empty() || line.starts_with("0 ") || line.starts_with("Total") ||
                       line.find("World writable directory") != std::string::npos ||
                       line.find("queue") != std::string::npos;
    if (!usual) complaints += line + '\n';
  }
  return complaints + (result.status.code == 70 || result.status.code == 71
                           ? result.status.describe()
                           : std::string());
}

void expect_taken(const MtaSettings& settings) {
  const ScratchDirectory scratch("sendmail-plan");
  SendmailTarget target;
  target.config_dir = scratch.path();
  target.cf_dir = sendmail_root() / "usr/share/sendmail/cf";
  const SendmailPlan plan = plan_sendmail(settings, target);
  if (plan.found.has_errors()) return;  // nothing is generated then
  for (const GeneratedFile& file : plan.files) {
    if (file.name == "portcullis.m4" || file.name == "sendmail.mc") {
      scratch.write(file.name, without_debian(file.text));
    }
  }
  const auto cf = scratch.write("sendmail.cf", run_m4(scratch / "sendmail.mc"));
  EXPECT_EQ(complaints_about(cf), "");
}

TEST_P(SendmailCase, IsTakenByM4AndSendmail) {
  expect_taken(settings_of(GetParam()));
}

// A Sendmail that cannot have ::1 serves 127.0.0.1 neither.
TEST(SendmailPlan, ListensOnTheLoopbackThatTheHostHas) {
  const ScratchDirectory scratch("plan");
  const auto loaded =
      load_policy(scratch.write("policy.conf", "[listener inbound]\naddress = loopback\n"));
  ASSERT_TRUE(loaded.has_value()) << loaded.error().format_all();
  SendmailTarget target;
  EXPECT_NE(plan_sendmail(loaded->mta, target).files.front().text.find("Addr=::1"),
            std::string::npos);
  target.ipv6_loopback = false;
  const std::string text = plan_sendmail(loaded->mta, target).files.front().text;
  EXPECT_NE(text.find("Addr=127.0.0.1"), std::string::npos);
  EXPECT_EQ(text.find("Addr=::1"), std::string::npos);
}

// The sample of contrib/sendmail/.
TEST(SendmailSample, IsWhatIsGenerated) {
  const std::filesystem::path folder =
      std::filesystem::path(PORTCULLIS_SOURCE_DIR) / "contrib" / "sendmail";
  const auto loaded = load_policy(folder / "portcullis.conf.sample");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().format_all();
  MtaSettings settings = loaded->mta;
  settings.policy_file = "portcullis.conf.sample";
  const SendmailPlan plan = plan_sendmail(settings, {});
  EXPECT_EQ(plan.found.format_all(), "");
  for (const GeneratedFile& file : plan.files) {
    const std::string name = std::filesystem::path(file.name).filename();
    golden::compare(folder / ((name == "sendmail.mc" ? "portcullis.mc" : name) + ".sample"),
                    file.text);
  }
  expect_taken(settings);
}

INSTANTIATE_TEST_SUITE_P(Golden, SendmailCase,
                         ::testing::ValuesIn(golden::cases("generate/sendmail", "")),
                         [](const auto& name) { return golden::test_name(name.param); });

}  // namespace
}  // namespace portcullis::testing
