// No text of a policy becomes a second setting of sendmail.cf: what real m4 builds of the generated
// file differs from what it builds for a harmless text in that text alone.

#include <random>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contrib/sendmail/sendmail_plan.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/mta/support/sendmail_programs.h"
#include "tests/support/seed.h"

namespace portcullis::testing {
namespace {

// What the texts of a policy say, at the places where a policy has free text.
struct Texts {
  std::string banner;
  std::string socket;
  std::string daemon_name;
  std::string certificate;
  std::string key;
};

MtaSettings settings_with(const Texts& texts) {
  MtaSettings settings;
  settings.policy_file = "policy.conf";
  settings.milter_socket = {texts.socket, 1};
  ListenerDelivery delivery;
  delivery.listener.name = "inbound";
  delivery.listener.daemon_name = texts.daemon_name;
  delivery.tls = Written<ListenerTls>{ListenerTls::require, 2};
  delivery.certificates = {{"one", 3}};
  settings.listeners = {delivery};
  settings.certificates = {{"one", 4, {texts.certificate, 5}, {texts.key, 6}, {}, {}}};
  settings.server.banner = Written<std::string>{texts.banner, 7};
  return settings;
}

std::optional<std::string> built(const ScratchDirectory& scratch, const Texts& texts) {
  SendmailTarget target;
  target.config_dir = scratch.path();
  const SendmailPlan plan = plan_sendmail(settings_with(texts), target);
  if (plan.found.has_errors()) return {};
  scratch.write("portcullis.m4", plan.files.at(0).text);
  const auto mc = scratch.write(
      "sendmail.mc", "divert(0)dnl\ninclude(`" + sendmail_root().string() +
                         "/usr/share/sendmail/cf/m4/cf.m4')dnl\nOSTYPE(`linux')dnl\ninclude(`" +
                         (scratch / "portcullis.m4").string() +
                         "')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n");
  std::istringstream lines(run_m4(mc));
  std::string settings;
  for (std::string line; std::getline(lines, line);) {
    // The head says when it was built.
    if (!line.starts_with('#')) settings += line + '\n';
  }
  return settings;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// How sendmail.cf writes it: $$ is a dollar, and \# no comment.
std::string in_cf(const std::string& text) {
  return replaced(replaced(text, "$", "$$"), "#", "\\#");
}

class Nasty {
 public:
  explicit Nasty(std::uint64_t seed) : random_(seed) {}

  std::string text(std::string first) {
    static const std::vector<std::string> pieces = {"`",
                                                    "'",
                                                    "dnl",
                                                    "$1",
                                                    "$*",
                                                    "$@",
                                                    "$#",
                                                    "$",
                                                    "#",
                                                    "(",
                                                    ")",
                                                    ",",
                                                    ";",
                                                    " ",
                                                    "\\",
                                                    "define",
                                                    "x",
                                                    "7",
                                                    "divert(-1)",
                                                    "include(/etc/passwd)",
                                                    "MAILER",
                                                    "FEATURE",
                                                    "len",
                                                    "\n",
                                                    "\nO PrivacyOptions=",
                                                    "\t",
                                                    "C{w}evil",
                                                    "/",
                                                    "eval(1)",
                                                    "''",
                                                    "``",
                                                    "confPRIVACY_FLAGS",
                                                    "errprint",
                                                    "-",
                                                    ".",
                                                    "undefine",
                                                    "SITE",
                                                    "lower(A)",
                                                    "\r",
                                                    "\x7f",
                                                    "\xff",
                                                    "changequote",
                                                    "Local",
                                                    "{w}",
                                                    "$&j"};
    const std::size_t count = 1 + random_() % 6;
    for (std::size_t i = 0; i < count; ++i) first += pieces[random_() % pieces.size()];
    // The reader of the policy cuts blanks.
    while (first.ends_with(' ')) first.pop_back();
    return first;
  }

 private:
  std::mt19937_64 random_;
};

TEST(SendmailInjection, NoTextBecomesASecondSetting) {
  const ScratchDirectory scratch("injection");
  const Texts harmless{"BANNERTEXT", "unix:/SOCKETTEXT", "DAEMONTEXT", "/CERTIFICATETEXT",
                       "/KEYTEXT"};
  const auto pattern = built(scratch, harmless);
  ASSERT_TRUE(pattern.has_value());
  std::size_t accepted = 0;
  for (const std::uint64_t seed : seeds()) {
    Nasty nasty(seed);
    for (int round = 0; round < 300; ++round) {
      Texts texts = harmless;
      std::string* const places[] = {&texts.banner, &texts.socket, &texts.daemon_name,
                                     &texts.certificate, &texts.key};
      std::string& place = *places[round % 5];
      place = nasty.text(round % 5 == 0 ? "a" : place);
      const auto cf = built(scratch, texts);
      if (!cf) continue;  // refused, and said so
      ++accepted;
      std::string expected = replaced(*pattern, harmless.banner, in_cf(texts.banner));
      expected = replaced(expected, harmless.socket, texts.socket);
      expected = replaced(expected, harmless.daemon_name, texts.daemon_name);
      expected = replaced(expected, harmless.certificate, texts.certificate);
      expected = replaced(expected, harmless.key, texts.key);
      ASSERT_EQ(*cf, expected) << "seed " << seed << ", round " << round << ": " << place;
    }
  }
  EXPECT_GT(accepted, 50U);
}

}  // namespace
}  // namespace portcullis::testing
