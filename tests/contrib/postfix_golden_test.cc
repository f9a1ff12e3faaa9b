// What a policy says, in the words of Postfix. A case is a folder and no code:
//   tests/data/generate/postfix/NAME/policy.conf   with @FOLDER@ for where it is
//                                   version        of Postfix; without it the one of Debian 12
//                                   main.cf, ...   what is generated
//                                   findings       what is said of it

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/policy_file.h"
#include "contrib/postfix/postfix_configuration.h"
#include "tests/support/golden.h"

#include "host/program_run.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStock = "/usr/share/postfix/";

fs::path case_folder(const std::string& name) {
  return golden::data_folder() / "generate" / "postfix" / name;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class PostfixCase : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const fs::path folder = case_folder(GetParam());
    for (const auto& file : fs::directory_iterator(folder)) {
      if (!file.is_regular_file()) continue;
      const std::string text = golden::read_file(file.path());
      scratch_.file(file.path().filename(), replaced(text, "@FOLDER@", scratch_.path()));
    }
    const auto loaded = load_policy(scratch_.path() / "policy.conf");
    ASSERT_TRUE(loaded.has_value()) << loaded.error().format_all();
    PostfixTarget target{scratch_.path() / "etc", "3.7.11"};
    if (fs::exists(folder / "version")) {
      target.version = golden::read_file(folder / "version");
      target.version->pop_back();
    }
    configuration_ = make_postfix_configuration(loaded->mta, target);
  }

  golden::ScratchFolder scratch_;
  std::unique_ptr<MtaConfiguration> configuration_;
};

TEST_P(PostfixCase, GivesTheExpectedFiles) {
  const fs::path folder = case_folder(GetParam());
  const std::string place = scratch_.path().string() + '/';
  std::vector<std::string> generated = {"policy.conf", "version", "password", "findings"};
  for (const GeneratedFile& file : configuration_->files()) {
    generated.push_back(file.name);
    fs::create_directories((folder / file.name).parent_path());
    golden::compare(folder / file.name, golden::without(file.text, place));
    EXPECT_EQ(file.secret, file.name == "sasl/saslauthd.conf") << file.name;
  }
  golden::compare(folder / "findings",
                  golden::without(configuration_->findings().format_all(), place));
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(generated, testing::Contains(fs::relative(entry.path(), folder).string()));
  }
}

// The generated files beside what the package brings, without the service that ours replace.
void make_instance(const golden::ScratchFolder& scratch, const std::vector<GeneratedFile>& files) {
  const fs::path etc = scratch.path() / "etc";
  fs::create_directories(etc / "sasl");
  const std::string data = scratch.path() / "data";
  ASSERT_TRUE(run_program({"install", "-d", "-o", "postfix", data})->succeeded());
  fs::create_directories(scratch.path() / "spool");
  for (const GeneratedFile& file : files) golden::write_file(etc / file.name, file.text);
  const std::string own = "\nqueue_directory = " + (scratch.path() / "spool").string() +
                          "\ndata_directory = " + data + '\n';
  const std::string main_cf = golden::read_file(std::string(kStock) + "main.cf.debian");
  golden::write_file(etc / "main.cf",
                     replaced(main_cf, "smtpd_banner", "#") + own + files.at(0).text);
  const std::string master_cf = golden::read_file(std::string(kStock) + "master.cf.dist");
  golden::write_file(etc / "master.cf",
                     replaced(master_cf, "\nsmtp      inet", "\n#") + files.at(1).text);
  golden::age(etc / "main.cf");
  golden::age(etc / "master.cf");
}

void expect_clean(const golden::ScratchFolder& scratch, const std::vector<GeneratedFile>& files) {
  make_instance(scratch, files);
  const std::string etc = scratch.path() / "etc";
  for (const char* question : {"-n", "-M", "-P"}) {
    const auto run = run_program({"postconf", "-c", etc, question});
    ASSERT_TRUE(run && run->succeeded());
    EXPECT_EQ(run->errors, "");
  }
  for (const GeneratedFile& file : files) {
    if (!file.name.starts_with("portcullis_")) continue;
    const std::string type = file.name == "portcullis_relay_domains" ? "regexp" : "texthash";
    const auto asked = run_program(
        {"postmap", "-c", etc, "-q", "nobody.test", type + ':' + etc + '/' + file.name});
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->errors, "") << file.name;
  }
  const auto check = run_program({"postfix", "-c", etc, "check"});
  EXPECT_TRUE(check && check->succeeded()) << check->errors;
  EXPECT_EQ(check->errors, "");
}

TEST_P(PostfixCase, IsCleanToPostfixItself) {
  const auto files = configuration_->files();
  // Where it is empty, the policy was refused, and the findings say why.
  if (!files.empty()) expect_clean(scratch_, files);
}

// The samples of contrib/postfix/.
TEST(PostfixSample, IsWhatIsGeneratedAndCleanToPostfixItself) {
  const fs::path folder = fs::path(PORTCULLIS_SOURCE_DIR) / "contrib" / "postfix";
  const golden::ScratchFolder scratch;
  const auto loaded = load_policy(folder / "portcullis.conf.sample");
  ASSERT_TRUE(loaded.has_value()) << loaded.error().format_all();
  const auto configuration = make_postfix_configuration(loaded->mta, {scratch.path(), "3.7.11"});
  EXPECT_EQ(configuration->findings().format_all(), "");
  const auto files = configuration->files();
  const std::string place = folder.string() + '/';
  for (const GeneratedFile& file : files) {
    golden::compare(folder / (file.name + ".sample"), golden::without(file.text, place));
  }
  expect_clean(scratch, files);
}

INSTANTIATE_TEST_SUITE_P(Golden, PostfixCase,
                         testing::ValuesIn(golden::cases("generate/postfix", "")),
                         [](const auto& parameter) { return golden::test_name(parameter.param); });

}  // namespace
}  // namespace portcullis
