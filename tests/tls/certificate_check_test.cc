// Sets of certificates with something wrong, each with the finding that says so.

#include "tls/certificate_check.h"

#include <filesystem>
#include <functional>
#include <ostream>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

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

struct Case {
  std::string name;
  std::string certificates;  // names of the workshop
  std::string key;
  std::set<std::string> codes;
  std::string message;  // within what is printed
  std::string chain = {};
  std::vector<std::string> hosts = {};
  int day = 1;  // after the certificates were made
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

CheckedCertificates check(const Files& files, const Case& c) {
  CertificateSet set{files.write("mx.crt", workshop().text(c.certificates), 0644),
                     files.write("mx.key", workshop().text(c.key)),
                     {},
                     c.hosts};
  if (!c.chain.empty()) set.chain_file = files.write("chain.crt", workshop().text(c.chain), 0644);
  return check_certificates(set, workshop().day(c.day));
}

class CertificateMatrix : public ::testing::TestWithParam<Case> {};

TEST_P(CertificateMatrix, FindsJustThat) {
  const Files files;
  const Diagnostics found = check(files, GetParam()).found;
  EXPECT_EQ(codes_of(found), GetParam().codes) << found.format_all();
  EXPECT_THAT(found.format_all(), HasSubstr(GetParam().message));
}

using S = std::set<std::string>;

const std::vector<Case>& good_sets() {
  static const std::vector<Case> sets = {
      {"Chain", "leaf.crt inter.crt", "leaf.key", {}, ""},
      {"ChainOfItsOwn", "leaf.crt", "leaf.key", {}, "", "inter.crt"},
      {"NamesCovered",
       "leaf.crt inter.crt",
       "leaf.key",
       {},
       "",
       {},
       {"mx.example.com", "MX.Example.COM", "a.mail.example.com", "192.0.2.1"}},
      {"NoExtendedKeyUsage", "plain.crt inter.crt", "leaf.key", {}, ""},
      {"Rsa2048", "rsa2048.crt inter.crt", "rsa2048.key", {}, ""},
      {"Ed25519", "ed25519.crt inter.crt", "ed25519.key", {}, ""},
      {"Sec1KeyWithParameters", "leaf.crt inter.crt", "parameters.pem sec1.key", {}, ""},
      {"TextBetweenBlocks", "leaf-text.crt inter.crt", "leaf.key", {}, ""},
      {"KeyIdentifier", "leaf-keyid.crt inter.crt", "leaf.key", {}, ""},
      {"SixDaysAreNotSoonOnTheThird", "short.crt inter.crt", "leaf.key", {}, "", {}, {}, 3},
  };
  return sets;
}

const std::vector<Case>& bad_sets() {
  static const std::vector<Case> sets = {
      {"OtherKey", "leaf.crt inter.crt", "other.key", S{"key-mismatch"},
       "is not the key of the certificate"},
      {"OtherKindOfKey", "leaf.crt inter.crt", "rsa2048.key", S{"key-mismatch"},
       "the certificate is for EC prime256v1"},
      {"EncryptedKey", "leaf.crt inter.crt", "encrypted.key", S{"encrypted-key"},
       "which a mail server cannot type\n    umask 077; openssl pkey -in "},
      {"EncryptedTraditionalKey", "leaf.crt inter.crt", "encrypted-old.key", S{"encrypted-key"},
       "has a private key with a password"},
      {"PublicKey", "leaf.crt inter.crt", "public.pem", S{"no-key"},
       "holds no private key, but PUBLIC KEY"},
      {"CertificateAsKey", "leaf.crt inter.crt", "leaf.crt", S{"no-key"},
       "holds no private key, but CERTIFICATE"},
      {"TwoKeys", "leaf.crt inter.crt", "leaf.key other.key", S{"several-keys"},
       "leave one; that of line 1 is used"},
      {"SmallRsaKey", "rsa1024.crt inter.crt", "rsa1024.key", S{"weak-key"},
       "has a key of RSA 1024: less than 2048 bits"},
      {"SmallCurve", "p224.crt inter.crt", "p224.key", S{"weak-key"},
       "has a key of EC secp224r1: a curve below P-256"},
      {"Sha1", "sha1.crt inter.crt", "leaf.key", S{"weak-signature"}, "is signed with SHA1"},
      {"Md5", "md5.crt inter-rsa.crt", "leaf.key", S{"weak-signature"}, "is signed with MD5"},
      {"Sha1OfTheIssuer", "leaf.crt inter-sha1.crt", "leaf.key", S{"weak-signature"},
       "\"CN=inter\" is signed with SHA1"},
      {"NotYetValid",
       "leaf.crt inter.crt",
       "leaf.key",
       S{"not-yet-valid", "issuer-not-yet-valid"},
       "\"CN=leaf\" is not valid before ",
       {},
       {},
       -1},
      {"Expired",
       "leaf.crt inter.crt",
       "leaf.key",
       S{"expired"},
       "\"CN=leaf\" expired on ",
       {},
       {},
       366},
      {"ExpiresSoon",
       "leaf.crt inter.crt",
       "leaf.key",
       S{"expires-soon"},
       "; it has 20 days left",
       {},
       {},
       345},
      {"ShortOneExpiresSoon",
       "short.crt inter.crt",
       "leaf.key",
       S{"expires-soon"},
       "; it has 1 day left",
       {},
       {},
       5},
      {"ForClients", "client.crt inter.crt", "leaf.key", S{"wrong-purpose"},
       "its extendedKeyUsage lacks serverAuth"},
      {"ForEnciphermentOnly", "usage.crt inter.crt", "leaf.key", S{"wrong-purpose"},
       "its keyUsage forbids it"},
      {"OfAnAuthority", "authority.crt inter.crt", "leaf.key", S{"ca-as-leaf"},
       "\"CN=authority\" is the certificate of an authority (CA:TRUE)"},
      {"OtherName",
       "leaf.crt inter.crt",
       "leaf.key",
       S{"name-not-covered"},
       "does not cover \"mail.example.net\", but mx.example.com, *.mail.example.com, 192.0.2.1",
       {},
       {"mx.example.com", "mail.example.net"}},
      {"WildcardTooDeep",
       "leaf.crt inter.crt",
       "leaf.key",
       S{"name-not-covered"},
       "a wildcard stands for exactly one label",
       {},
       {"a.b.mail.example.com"}},
      {"WildcardTooShort",
       "leaf.crt inter.crt",
       "leaf.key",
       S{"name-not-covered"},
       "does not cover \"mail.example.com\"",
       {},
       {"mail.example.com"}},
      {"OtherAddress",
       "leaf.crt inter.crt",
       "leaf.key",
       S{"name-not-covered"},
       "subjectAltName IP:192.0.2.2 too",
       {},
       {"192.0.2.2"}},
      {"NoNames", "nameless.crt inter.crt", "leaf.key", S{"no-names"},
       "warning: \"CN=nameless\" has no name or address in its subjectAltName"},
      {"NameInSubjectOnly",
       "nameless.crt inter.crt",
       "leaf.key",
       S{"no-names"},
       "error: \"CN=nameless\" has no name or address",
       {},
       {"nameless"}},
      {"NoChain", "leaf.crt", "leaf.key", S{"chain-missing"},
       "was issued by CN=inter, which is in none of the files"},
      {"OtherChain", "leaf.crt root.crt", "leaf.key", S{"chain-missing", "not-linked"},
       "\"CN=root\" issued none of the certificates before it"},
      {"SupersededIssuer", "leaf.crt inter2.crt", "leaf.key", S{"issuer-key-differs"},
       "has the name of the issuer of "},
      {"SupersededIssuerByKeyIdentifier", "leaf-keyid.crt inter2.crt", "leaf.key",
       S{"issuer-key-differs"}, ", but another key\n    get the issuer's certificate again"},
      {"WrongOrder", "leaf.crt root.crt inter.crt", "leaf.key",
       S{"chain-out-of-order", "root-included"}, "do not stand in the order of issue"},
      {"LeafLast", "inter.crt leaf.crt", "leaf.key", S{"leaf-not-first"},
       "is the server's own certificate, but does not stand first"},
      {"ExpiredIssuer",
       "leaf.crt inter-short.crt",
       "leaf.key",
       S{"issuer-expired"},
       "error: \"CN=inter\" is an issuer that expired on ",
       {},
       {},
       20},
      {"IssuerIsNoAuthority", "below.crt leaf.crt inter.crt", "leaf.key", S{"issuer-not-ca"},
       "\"CN=leaf\" issues certificates, but is no authority"},
      {"Root", "leaf.crt inter.crt root.crt", "leaf.key", S{"root-included"},
       "note: \"CN=root\" is a root"},
      {"TwiceTheSame", "leaf.crt inter.crt inter.crt", "leaf.key", S{"duplicate-certificate"},
       "is the certificate of "},
      {"AgainInTheChainFile", "leaf.crt inter.crt", "leaf.key", S{"duplicate-certificate"},
       "\"CN=leaf\" is the certificate of ", "leaf.crt"},
      {"TwoServers", "leaf.crt other.crt inter.crt", "leaf.key", S{"several-leaves"},
       "\"CN=other\" is another certificate of a server"},
      {"SelfSigned", "self.crt", "leaf.key", S{"self-signed"},
       "note: \"CN=self\" is signed by itself"},
      {"KeyAmongCertificates", "leaf.crt leaf.key inter.crt", "leaf.key", S{"stray-key"},
       "error: has a private key in a file that everybody may read"},
      {"KeyInTheChainFile", "leaf.crt", "leaf.key", S{"stray-key"},
       "chain.crt:", "inter.crt leaf.key"},
      {"Request", "leaf.csr", "leaf.key", S{"no-certificate", "unexpected-block"},
       "holds a certificate request, not a certificate"},
      {"TrustedCertificate", "leaf.crt inter.crt trusted.crt", "leaf.key", S{"unexpected-block"},
       "warning: \"TRUSTED CERTIFICATE\" is no block that a mail server reads here\n"
       "    openssl x509 makes certificates of it"},
      {"Pkcs7", "leaf.p7b", "leaf.key", S{"no-certificate", "unexpected-block"},
       "openssl pkcs7 -print_certs makes certificates of it"},
      {"Der", "leaf.der", "leaf.key", S{"der-given"}, "openssl x509 -inform DER -in "},
      {"DerKey", "leaf.crt inter.crt", "leaf-key.der", S{"der-given"},
       "openssl pkey -inform DER -in "},
      {"Pkcs12", "leaf.p12", "leaf.key", S{"pkcs12-given"}, "openssl pkcs12 -in "},
      {"NotPem", "req.cnf", "leaf.key", S{"not-pem"}, "holds no PEM block"},
  };
  return sets;
}

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
