// `portcullis certificate import --pkcs12`.

#include <array>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/cli/certificate_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Pkcs12 : public PolicyCertificate {
 protected:
  CommandResult import(const std::string& file, const std::string& passphrase) const {
    return certificate({"import", "mx1", "--pkcs12", workshop().path(file), "--passphrase-file",
                        source("word", passphrase)});
  }
};

TEST_F(Pkcs12, ItsIssuersAreSortedAndWritten) {
  EXPECT_EQ(import("chain.p12", "secret\n").status.code, 0);
  EXPECT_EQ(read_file(pem_), workshop().text("leaf.crt inter.crt root.crt"));
  EXPECT_EQ(read_file(key_), workshop().text("leaf.key"));
}

TEST_F(Pkcs12, TheFirstLineIsThePassphrase) {
  EXPECT_EQ(import("leaf.p12", "secret\r\nremark\n").status.code, 0);
  EXPECT_EQ(import("no-passphrase.p12", "\n").status.code, 0);
}

TEST_F(Pkcs12, WhatIsWrongIsSaidAndNothingChanged) {
  put_good_set();
  const auto before = files();
  const CommandResult wrong = import("leaf.p12", "Secret");
  EXPECT_EQ(wrong.status.code, 65);
  EXPECT_THAT(wrong.error, HasSubstr("error: has another passphrase"));
  EXPECT_THAT(wrong.error, Not(HasSubstr("Secret")));
  EXPECT_THAT(import("no-key.p12", "secret").error, HasSubstr("holds no private key"));
  EXPECT_THAT(import("leaf.crt", "secret").error, HasSubstr("is no PKCS#12 file"));
  EXPECT_THAT(import("none.p12", "secret").error, HasSubstr("cannot be read"));
  write_section("hosts = mail.example.net\n");
  EXPECT_THAT(import("chain.p12", "secret").error, HasSubstr("does not cover"));
  EXPECT_EQ(files(), before);
}

TEST_F(Pkcs12, NoPassphraseIsAnEmptyOne) {
  EXPECT_EQ(import("null-passphrase.p12", "\n").status.code, 0);
  EXPECT_EQ(import("plain.p12", "\n").status.code, 0);
  EXPECT_THAT(import("null-passphrase.p12", "secret").error, HasSubstr("has another passphrase"));
}

TEST_F(Pkcs12, WhyItCannotBeReadIsTrue) {
  const CommandResult no_mac = import("no-mac.p12", "secret");
  EXPECT_EQ(no_mac.status.code, 65);
  EXPECT_THAT(no_mac.error, AllOf(HasSubstr("error: has no MAC"), Not(HasSubstr("RC2"))));
  EXPECT_THAT(import("rc2.p12", "secret").error, HasSubstr("no longer reads (RC2)"));
  EXPECT_TRUE(files().empty());
}

// The same file with the highest count of iterations that fits, in the bytes of a shorter salt.
std::string slowed(std::string der) {
  constexpr std::string_view k2048("\x02\x02\x08\x00", 4);
  constexpr std::string_view kMost("\x02\x04\x7f\xff\xff\xff", 6);
  for (std::size_t at = der.find(k2048); at != std::string::npos; at = der.find(k2048, at + 1)) {
    for (const std::size_t salt : {8U, 16U}) {
      if (at < salt + 2 || der[at - salt - 2] != 4 ||
          der[at - salt - 1] != static_cast<char>(salt)) {
        continue;
      }
      der[at - salt - 1] = static_cast<char>(salt - 2);
      der.replace(at - 2, kMost.size(), kMost);
      break;
    }
  }
  return der;
}

TEST_F(Pkcs12, AKeyThatTakesForeverToDeriveIsRefusedAtOnce) {
  for (const std::string file :
       {"key-pbes2.p12", "certificate-pbes2.p12", "key-pbe.p12", "certificate-pbe.p12"}) {
    const std::string der = workshop().text(file);
    ASSERT_FALSE(slowed(der) == der) << file;
    const CommandResult result =
        certificate({"import", "mx1", "--pkcs12", source("slow.p12", slowed(der)),
                     "--passphrase-file", source("word", "secret")});
    EXPECT_EQ(result.status.code, 65) << file;
    EXPECT_THAT(result.error, HasSubstr("in more steps than anybody needs")) << file;
  }
}

TEST_F(Pkcs12, APassphraseThatOthersMayReadIsRefused) {
  const CommandResult result =
      certificate({"import", "mx1", "--pkcs12", workshop().path("leaf.p12"), "--passphrase-file",
                   source("word", "secret", 0644)});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("others may read or write it (mode 0644)"));
}

TEST_F(Pkcs12, WithoutATerminalAFileIsNeeded) {
  const CommandResult result =
      certificate({"import", "mx1", "--pkcs12", workshop().path("leaf.p12")});
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.error, HasSubstr("give --passphrase-file"));
}

// Types `answer` when the program has asked on a terminal of its own, and returns what was on the
// screen and its exit code.
std::pair<std::string, int> at_a_terminal(std::vector<std::string> command, std::string answer) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  std::string screen;
  std::array<char, 512> buffer{};
  pollfd entry{terminal, POLLIN, 0};
  while (::poll(&entry, 1, static_cast<int>(kPatience.count())) > 0) {
    const ssize_t n = ::read(terminal, buffer.data(), buffer.size());
    if (n <= 0) break;  // EIO: the other side is closed
    screen.append(buffer.data(), static_cast<std::size_t>(n));
    if (answer.empty() || screen.find("Passphrase of ") == std::string::npos) continue;
    if (::write(terminal, answer.data(), answer.size()) > 0) answer.clear();
  }
  ::close(terminal);
  int status = 0;
  ::waitpid(child, &status, 0);
  return {screen, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

TEST_F(Pkcs12, ATerminalIsAskedWithoutEcho) {
  const std::vector<std::string> command = {
      PORTCULLIS_PATH, "-c",  policy_path(), "certificate",
      "import",        "mx1", "--pkcs12",    workshop().path("chain.p12")};
  const auto [screen, code] = at_a_terminal(command, "secret\n");
  EXPECT_EQ(code, 0) << screen;
  EXPECT_THAT(screen, Not(HasSubstr("secret")));
  EXPECT_EQ(read_file(key_), workshop().text("leaf.key"));
  // Control-C is an answer too.
  const auto [cancelled, code_of_cancelled] = at_a_terminal(command, "\x03\n");
  EXPECT_EQ(code_of_cancelled, 65) << cancelled;
  EXPECT_THAT(cancelled, HasSubstr("no passphrase was given"));
}

}  // namespace
}  // namespace portcullis::testing
