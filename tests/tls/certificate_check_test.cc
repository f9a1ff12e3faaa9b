// Sets of certificates with something wrong, each with the finding that says so.

#include "tls/certificate_check.h"

#include <filesystem>
#include <functional>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tls/certificate_cases.h"
#include "tests/tls/certificate_workshop.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const CertificateWorkshop& workshop() {
  return CertificateWorkshop::instance();
}

std::set<std::string> codes_of(const Diagnostics& found) {
  std::set<std::string> codes;
  for (const CodeCount& kind : found.by_code()) codes.emplace(kind.code);
  return codes;
}

// The files of a set in a directory of their own, which only their owner may write.
class Files {
 public:
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::string path = directory_.write(name, text);
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::string path(const std::string& name) const { return directory_ / name; }

 private:
  ScratchDirectory directory_{"tls"};
};

CheckedCertificates check(const Files& files, const CertificateCase& c) {
  CertificateSet set{files.write("mx.crt", workshop().text(c.certificates), 0644),
                     files.write("mx.key", workshop().text(c.key)),
                     {},
                     c.hosts};
  if (!c.chain.empty()) set.chain_file = files.write("chain.crt", workshop().text(c.chain), 0644);
  return check_certificates(set, workshop().day(c.day));
}

class CertificateMatrix : public ::testing::TestWithParam<CertificateCase> {};

TEST_P(CertificateMatrix, FindsJustThat) {
  const Files files;
  const Diagnostics found = check(files, GetParam()).found;
  EXPECT_EQ(codes_of(found), GetParam().codes) << found.format_all();
  EXPECT_THAT(found.format_all(), HasSubstr(GetParam().message));
}

using S = std::set<std::string>;

const auto kNameOfCase = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Good, CertificateMatrix, ::testing::ValuesIn(good_sets()), kNameOfCase);
INSTANTIATE_TEST_SUITE_P(Bad, CertificateMatrix, ::testing::ValuesIn(bad_sets()), kNameOfCase);

// A good set whose files a test spoils.
class SpoiltFiles : public ::testing::Test {
 protected:
  Diagnostics found() const {
    return check_certificates({certificate_, key_, {}, {}}, workshop().day(1)).found;
  }
  // The one finding, as it is printed, with its code.
  std::string finding() const {
    const auto all = found().sorted();
    return all.size() == 1 ? std::string(all[0].code) + ' ' + format(all[0]) : found().format_all();
  }

  const Files files_;
  const std::string chain_ = workshop().text("leaf.crt inter.crt");
  const std::string secret_ = workshop().text("leaf.key");
  std::string certificate_ = files_.write("mx.crt", chain_, 0644);
  std::string key_ = files_.write("mx.key", secret_);
};

TEST_F(SpoiltFiles, AGoodSetGivesNothing) {
  EXPECT_EQ(found().format_all(), "");
}

TEST_F(SpoiltFiles, KeyThatOthersMayRead) {
  ::chmod(key_.c_str(), 0644);
  EXPECT_THAT(finding(), AllOf(HasSubstr("key-open-to-others"), HasSubstr("(mode 0644)")));
}

TEST_F(SpoiltFiles, KeyOfRootThatItsGroupMayRead) {
  ::chmod(key_.c_str(), 0640);
  EXPECT_EQ(found().format_all(), "");
  ::chmod(key_.c_str(), 0660);
  EXPECT_THAT(finding(), HasSubstr("key-open-to-group"));
}

TEST_F(SpoiltFiles, KeyOfSomeoneElse) {
  ASSERT_EQ(::chown(key_.c_str(), 65534, 65534), 0);
  EXPECT_THAT(finding(), AllOf(HasSubstr("key-owner"), HasSubstr("user 65534")));
  ::chmod(key_.c_str(), 0640);
  EXPECT_EQ(codes_of(found()), (S{"key-open-to-group", "key-owner"}));
}

TEST_F(SpoiltFiles, LinkToAPlaceWhereOthersMayWrite) {
  std::filesystem::create_directory(files_.path("open"));
  ::chmod(files_.path("open").c_str(), 01777);
  files_.write("open/real.key", secret_);
  std::filesystem::create_symlink("open/real.key", files_.path("link.key"));
  key_ = files_.path("link.key");
  EXPECT_THAT(finding(), AllOf(HasSubstr("key-place"), HasSubstr("is a symbolic link")));
  ::chmod(files_.path("open").c_str(), 0755);
  EXPECT_EQ(found().format_all(), "");
}

TEST_F(SpoiltFiles, KeyBelowADirectoryThatOthersMayWrite) {
  std::filesystem::create_directories(files_.path("open/inner"));
  ::chmod(files_.path("open").c_str(), 0777);
  key_ = files_.write("open/inner/mx.key", secret_);
  EXPECT_THAT(finding(), AllOf(HasSubstr("key-place"), HasSubstr("/open, where")));
}

TEST_F(SpoiltFiles, CombinedFileIsNoStrayKey) {
  certificate_ = key_ = files_.write("both.pem", secret_ + chain_);
  EXPECT_EQ(found().format_all(), "");
  ::chmod(key_.c_str(), 0644);
  EXPECT_EQ(codes_of(found()), S{"key-open-to-others"});
}

TEST_F(SpoiltFiles, FilesThatCannotBeRead) {
  key_ = files_.path("none.key");
  EXPECT_THAT(finding(), AllOf(HasSubstr("not-found"), HasSubstr("No such file")));
  key_ = std::filesystem::path(key_).parent_path();
  EXPECT_THAT(finding(), HasSubstr("not-a-file"));
  key_ = files_.path("fifo");
  ASSERT_EQ(::mkfifo(key_.c_str(), 0600), 0);
  EXPECT_THAT(finding(), HasSubstr("not-a-file"));
  key_ = files_.write("empty.key", "");
  EXPECT_THAT(finding(), HasSubstr("empty-file"));
  key_ = files_.write("large.key", secret_ + std::string(1 << 20, '\n'));
  EXPECT_THAT(finding(), AllOf(HasSubstr("file-too-large"), HasSubstr("1 MiB")));
}

TEST_F(SpoiltFiles, PermissionDeniedIsSaid) {
  ASSERT_EQ(::geteuid(), 0u);
  ASSERT_EQ(::seteuid(65534), 0);
  const std::string said = finding();
  ASSERT_EQ(::seteuid(0), 0);
  EXPECT_THAT(said, AllOf(HasSubstr("permission-denied"), HasSubstr("run the command as root")));
}

TEST_F(SpoiltFiles, CrLfIsFine) {
  std::string text;
  for (const char c : chain_) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  files_.write("mx.crt", text, 0644);
  EXPECT_EQ(found().format_all(), "");
}

TEST_F(SpoiltFiles, DamagedBlocksHaveTheirLine) {
  files_.write("mx.crt", chain_ + "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  EXPECT_THAT(finding(), AllOf(HasSubstr("bad-certificate"), HasSubstr("mx.crt:2")));
  files_.write("mx.crt", chain_ + "-----BEGIN CERTIFICATE-----\nMIIB\n");
  EXPECT_THAT(finding(), AllOf(HasSubstr("malformed-pem"), HasSubstr("without its END")));
  files_.write("mx.crt", chain_ + "-----END CERTIFICATE-----\n");
  EXPECT_THAT(finding(), AllOf(HasSubstr("malformed-pem"), HasSubstr("that nothing begins")));
  files_.write("mx.crt", "\xef\xbb\xbf" + workshop().text("leaf.crt") + chain_);
  EXPECT_THAT(found().format_all(), HasSubstr("mx.crt:1: error: has a BEGIN that does not stand"));
}

TEST_F(SpoiltFiles, TooManyBlocks) {
  std::string text = chain_;
  for (int i = 0; i < 63; ++i) text += workshop().text("parameters.pem");
  files_.write("mx.crt", text);
  EXPECT_THAT(finding(), AllOf(HasSubstr("too-many-blocks"), HasSubstr("more than 64")));
}

TEST_F(SpoiltFiles, NothingOfADamagedKeyIsPrinted) {
  std::string damaged = secret_;
  damaged.replace(40, 4, "####");
  files_.write("mx.key", damaged);
  EXPECT_THAT(finding(), AllOf(HasSubstr("bad-key"), Not(HasSubstr("####")),
                               Not(HasSubstr(damaged.substr(60, 20)))));
}

TEST(ReadCertificates, SaysWhatTheyHold) {
  const auto read = read_certificates(workshop().path("leaf.crt"));
  EXPECT_EQ(read.found.format_all(), "");
  ASSERT_EQ(read.certificates.size(), 1u);
  const CertificateFacts& facts = read.certificates[0];
  EXPECT_EQ(facts.subject, "CN=leaf");
  EXPECT_EQ(facts.issuer, "CN=inter");
  EXPECT_EQ(facts.serial, "07");
  EXPECT_THAT(facts.names, ElementsAre("mx.example.com", "*.mail.example.com", "192.0.2.1"));
  EXPECT_EQ(*facts.not_after - *facts.not_before, std::chrono::days(365));
  EXPECT_EQ(facts.key, "EC prime256v1");
  EXPECT_EQ(facts.signature, "ecdsa-with-SHA256");
  EXPECT_EQ(facts.sha256.size(), 64u);
  EXPECT_FALSE(facts.is_ca);
  EXPECT_FALSE(facts.self_signed);
  EXPECT_TRUE(read_certificates(workshop().path("root.crt")).certificates[0].self_signed);
}

TEST(ReadCertificates, SaysThatThereIsNone) {
  EXPECT_THAT(codes_of(read_certificates(workshop().path("leaf.key")).found),
              ElementsAre("no-certificate"));
}

}  // namespace
}  // namespace portcullis::testing
