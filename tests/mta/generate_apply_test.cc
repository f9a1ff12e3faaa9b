// `portcullis generate ... --apply` on an MTA that runs, while clients come all the time: what goes
// wrong must not reach them.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "config/policy_file.h"
#include "contrib/apply.h"
#include "contrib/endpoint_probe.h"
#include "tests/mta/generated/disturbed_configuration.h"
#include "tests/mta/generated/generated_postfix.h"
#include "tests/mta/generated/generated_sendmail.h"
#include "tests/mta/support/daemon_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/guarded_mta_test.h"
#include "tests/mta/support/openssl_client.h"
#include "tests/mta/support/sendmail_programs.h"
#include "tests/mta/support/squatter.h"
#include "tests/mta/support/steady_client.h"
#include "tests/support/seed.h"

namespace portcullis::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds kApplyPatience{90};

// A private MTA that has a policy, with what the tests ask of it.
struct Host {
  std::unique_ptr<MtaInstance> mta;
  fs::path directory;
  std::function<std::unique_ptr<MtaConfiguration>(const std::string&)> configuration;
  std::vector<std::string> command;  // behind "portcullis -c FILE"
};

template <typename Generated>
Host make_host(const std::string& policy, MtaOptions options) {
  auto mta = std::make_unique<Generated>(policy, std::move(options));
  Generated* const generated = mta.get();
  return {std::move(mta),
          generated->directory(),
          [generated](const std::string& text) { return generated->configuration(text); },
          {}};
}

Host make_postfix(const std::string& policy, const ListenerSpec& listener) {
  Host host = make_host<GeneratedPostfix>(
      policy,
      {.listeners = {listener},
       .settings = {"# by hand", "always_bcc = all@mx.test", "smtpd_helo_required =   yes   "}});
  host.command = {"generate", "postfix", "--config-dir", host.directory};
  return host;
}

Host make_sendmail(const std::string& policy, const ListenerSpec& listener) {
  Host host = make_host<GeneratedSendmail>(
      policy,
      {.listeners = {listener}, .settings = {"dnl by hand", "define(`confMAX_HOP',   `17')dnl"}});
  host.command = {"generate",     "sendmail",
                  "--config-dir", host.directory,
                  "--sendmail",   host.directory / "sendmail.sh",
                  "--cf-dir",     sendmail_root() / "usr/share/sendmail/cf"};
  return host;
}

// Of a log, for a message.
std::string tail(const std::string& text) {
  constexpr std::size_t kLongest = 3000;
  return '\n' + text.substr(text.size() - std::min(text.size(), kLongest));
}

// Each test has an MTA of its own: some of them could leave it dead.
class GenerateApply : public ::testing::TestWithParam<MtaKind> {
 protected:
  GenerateApply() {
    daemon_.write_policy("[listener inbound]\n");
    daemon_.start();
    const ListenerSpec listener{.name = "inbound", .port = port_};
    host_ = on_postfix() ? make_postfix(policy(""), listener) : make_sendmail(policy(""), listener);
    host_.mta->start();
    before_ = contents();
  }

  static bool on_postfix() { return GetParam() == MtaKind::postfix; }

  // A listener that was there before, and `more`.
  std::string policy(const std::string& more) const {
    return fmt::format(
        "[daemon]\nsocket = {}\n[listener inbound]\naddress = 127.0.0.1\nport = {}\n{}",
        daemon_.milter_address(), port_, more);
  }

  CommandResult generate(const std::string& more, const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = command_for(more);
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_command(command, {}, kApplyPatience);
  }

  std::vector<std::string> command_for(const std::string& more) const {
    std::vector<std::string> command = {program(), "-c", files_.write("new.conf", policy(more))};
    command.insert(command.end(), host_.command.begin(), host_.command.end());
    return command;
  }

  static std::string program() {
    const char* const other = std::getenv("PORTCULLIS");
    return other != nullptr ? other : PORTCULLIS_BINARY_DIR "/bin/portcullis";
  }

  // As --apply does, with something that happens in between.
  ApplyResult apply_disturbed(const std::string& more, std::function<void()> before_reload) const {
    DisturbedConfiguration mta(host_.configuration(policy(more)));
    mta.before_reload = std::move(before_reload);
    ApplyOptions options;
    options.directory = host_.directory;
    options.name = "2027-01-31T00:00:00Z";
    options.patience = std::chrono::milliseconds(3000);
    options.probe = [](const MtaEndpoint& endpoint) {
      return ask_endpoint(endpoint, std::chrono::milliseconds(3000));
    };
    options.wait = [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); };
    return apply_configuration(mta, options);
  }

  // Sendmail's directory holds other things too; NAME~ is of editing/.
  static bool is_configuration(const fs::directory_entry& entry) {
    const std::string name = entry.path().filename();
    return entry.is_regular_file() && !name.ends_with('~') &&
           (on_postfix() || name.starts_with("portcullis.") || name.ends_with(".mc") ||
            name.ends_with(".cf"));
  }

  // The configuration directory, backups left out.
  std::map<std::string, std::string> contents() const {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::directory_iterator(host_.directory)) {
      if (is_configuration(entry)) all[entry.path().filename()] = read_file(entry.path());
    }
    return all;
  }

  // Of every file: which one it is and when it was written.
  std::map<std::string, std::pair<ino_t, fs::file_time_type>> marks() const {
    std::map<std::string, std::pair<ino_t, fs::file_time_type>> all;
    for (const auto& entry : fs::recursive_directory_iterator(host_.directory)) {
      struct stat state {};
      ::stat(entry.path().c_str(), &state);
      if (is_configuration(entry)) all[entry.path()] = {state.st_ino, entry.last_write_time()};
    }
    return all;
  }

  std::string banner(std::uint16_t port) const {
    SmtpClient client(Endpoint{"127.0.0.1", port});
    return client.read_banner().text;
  }

  // Those that no client may have. Sendmail closes its sockets while it takes a configuration, with
  // the clients that it has not let in yet.
  static std::vector<std::string> troubles_of(const SteadyClient& client) {
    std::vector<std::string> troubles = client.troubles();
    if (on_postfix()) return troubles;
    std::erase_if(troubles, [](const std::string& trouble) {
      return trouble.find("Connection refused") != std::string::npos ||
             // While it connects, or before it has read a byte.
             trouble.find("Connection reset by peer") != std::string::npos ||
             trouble.find("so far:\nS: (reset)") != std::string::npos;
    });
    return troubles;
  }

  // m4 writes a date into sendmail.cf.
  static std::string without_date(const std::string& text) {
    const std::size_t at = text.find("##### built by ");
    return at == std::string::npos ? text : text.substr(0, at) + text.substr(text.find('\n', at));
  }

  // But for the record of what was applied.
  void expect_files_of_before() const {
    const auto now = contents();
    for (const std::string name : {"main.cf", "master.cf", "sendmail.mc", "sendmail.cf"}) {
      const auto before = before_.find(name);
      if (before == before_.end()) continue;
      EXPECT_EQ(without_date(now.at(name)), without_date(before->second)) << name;
    }
  }

  // All that a client may notice of a change that failed.
  void expect_nothing_happened(SteadyClient& client) const {
    EXPECT_EQ(contents(), before_);
    EXPECT_TRUE(eventually([&] { return banner(port_).starts_with("220 mx.test"); }));
    client.stop();
    EXPECT_THAT(troubles_of(client), ::testing::IsEmpty()) << tail(host_.mta->log());
    EXPECT_GT(client.served(), 0);
    EXPECT_TRUE(host_.mta->running()) << tail(host_.mta->log());
  }

  // An MTA that apply has started is nobody's child.
  void stop_what_was_started() const {
    if (on_postfix()) {
      run_command({"postfix", "-c", host_.directory, "stop"});
      return;
    }
    run_command({"sh", "-c", "kill $(head -1 \"$1\")", "sh", host_.directory / "sendmail.pid"});
  }

  PortcullisDaemon daemon_;
  std::uint16_t port_ = free_port();
  ScratchDirectory files_{"apply"};
  Host host_;
  std::map<std::string, std::string> before_;
};

class PostfixGenerateApply : public GenerateApply {};

PORTCULLIS_ON_BOTH_MTAS(GenerateApply);
PORTCULLIS_ON_POSTFIX(PostfixGenerateApply);

TEST_P(GenerateApply, TwiceIsOnce) {
  const std::uint16_t other = free_port();
  const std::string more = fmt::format(
      "[listener second]\naddress = 127.0.0.1\nport = {}\n[mta]\nbanner = hello\n", other);
  const CommandResult difference = generate(more, {"--diff"});
  EXPECT_EQ(difference.status.code, 1) << difference.error;
  EXPECT_THAT(difference.output, HasSubstr(on_postfix() ? "smtpd_banner" : "confSMTP_LOGIN_MSG"));
  EXPECT_EQ(contents(), before_);

  SteadyClient client(Endpoint{"127.0.0.1", port_});
  const CommandResult first = generate(more, {"--apply"});
  EXPECT_EQ(first.status.code, 0) << first.error << tail(host_.mta->log());
  EXPECT_THAT(first.output, HasSubstr("In force"));
  EXPECT_THAT(banner(other), HasSubstr("hello"));
  client.stop();
  EXPECT_THAT(troubles_of(client), ::testing::IsEmpty());

  const auto written = marks();
  const CommandResult second = generate(more, {"--apply"});
  EXPECT_EQ(second.status.code, 0) << second.error;
  EXPECT_THAT(second.output, HasSubstr("nothing was changed"));
  EXPECT_EQ(marks(), written);
  EXPECT_EQ(generate(more, {"--diff"}).status.code, 0);
}

TEST_P(GenerateApply, LeavesTheAdministratorsLinesAsTheyAre) {
  ASSERT_EQ(generate("[mta]\nvrfy = no\n", {"--apply"}).status.code, 0);
  EXPECT_THAT(
      read_file(host_.directory / (on_postfix() ? "main.cf" : "sendmail.mc")),
      HasSubstr(on_postfix()
                    ? "# by hand\nalways_bcc = all@mx.test\nsmtpd_helo_required =   yes   \n"
                    : "dnl by hand\ndefine(`confMAX_HOP',   `17')dnl\n"));
  // And when it goes again, the files are what they were.
  ASSERT_EQ(generate("", {"--apply"}).status.code, 0);
  expect_files_of_before();
}

TEST_P(GenerateApply, APortInUseIsFoundBeforeTheMtaMeetsIt) {
  const Squatter squatter;
  SteadyClient client(Endpoint{"127.0.0.1", port_});
  const CommandResult result =
      generate(fmt::format("[listener second]\naddress = 127.0.0.1\nport = {}\n", squatter.port()),
               {"--apply"});
  EXPECT_EQ(result.status.code, 78) << result.error;
  EXPECT_THAT(result.error, HasSubstr(std::to_string(squatter.port())));
  expect_nothing_happened(client);
  EXPECT_THAT(client.troubles(), ::testing::IsEmpty());
}

// master(8) ends itself when it cannot have a port; Sendmail tries it for a minute first.
TEST_P(GenerateApply, OneThatEndsItselfIsStartedAgain) {
  const std::uint16_t port = free_port();
  std::unique_ptr<Squatter> squatter;
  const ApplyResult result =
      apply_disturbed(fmt::format("[listener second]\naddress = 127.0.0.1\nport = {}\n", port),
                      [&] { squatter = std::make_unique<Squatter>(port); });
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back) << result.found.format_all();
  EXPECT_THAT(result.found.format_all(), HasSubstr(std::to_string(port)));
  EXPECT_EQ(contents(), before_);
  EXPECT_TRUE(eventually([&] { return banner(port_).starts_with("220 mx.test"); }));
  stop_what_was_started();
}

TEST_P(GenerateApply, OneThatEndsMeanwhileIsStartedWithTheNew) {
  const ApplyResult result =
      apply_disturbed("[mta]\nbanner = hello\n", [this] { host_.mta->stop(); });
  EXPECT_EQ(result.outcome, ApplyOutcome::applied) << result.found.format_all();
  EXPECT_THAT(banner(port_), HasSubstr("hello"));
  stop_what_was_started();
}

// That it has ended is for people to look into; whether they want it back nobody knows.
TEST_P(GenerateApply, OneThatHasEndedBeforeIsConfiguredAndNotStarted) {
  host_.mta->stop();
  const CommandResult result = generate("[mta]\nbanner = hello\n", {"--apply"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("The MTA is not running, so nothing was asked of it"));
  EXPECT_THAT(result.error, ContainsRegex("note: .*[(]process [0-9]+[)] has ended"));
  EXPECT_THROW(banner(port_), std::system_error);
  host_.mta->start();
}

TEST_P(GenerateApply, ACertificateThatGoesIsTakenBack) {
  const TestAuthority authority({"mx.example.com"});
  SteadyClient client(Endpoint{"127.0.0.1", port_});
  const std::string more =
      fmt::format("tls = may\ncertificate = mx\n[certificate mx]\ncertificate = {0}\nkey = {1}\n",
                  authority.path("mx.example.com.pem"), authority.path("mx.example.com.key"));
  const ApplyResult result =
      apply_disturbed(more, [&] { fs::remove(authority.path("mx.example.com.pem")); });
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back) << result.found.format_all();
  if (on_postfix()) {  // Sendmail writes to syslog only
    EXPECT_THAT(result.log, ::testing::Contains(HasSubstr("mx.example.com.pem")));
  }
  expect_nothing_happened(client);
}

TEST_P(GenerateApply, APermitListNeedNotNameThisHost) {
  const TestAuthority authority({"mx.example.com"});
  daemon_.stop();
  daemon_.write_policy(
      "[listener inbound]\ndefault = deny\n[class friends]\naction = permit\nclients = "
      "192.0.2.1\n");
  daemon_.start();
  const CommandResult result = generate(
      fmt::format("tls = may\ncertificate = mx\n[certificate mx]\ncertificate = {0}\nkey = {1}\n",
                  authority.path("mx.example.com.pem"), authority.path("mx.example.com.key")),
      {"--apply"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("turns this host away, so its TLS was not tried"));
}

// A service without an address listens on inet_interfaces, and no further.
TEST_P(PostfixGenerateApply, APortInUseBesideTheInterfacesIsFoundToo) {
  const std::uint16_t port = free_port();
  constexpr std::uint32_t kThird = 0x7f000003;  // 127.0.0.3
  const Squatter squatter(port, kThird);
  std::ofstream(host_.directory / "master.cf", std::ios::app) << port << " inet n - n - - smtpd\n";
  const CommandResult result = generate(
      fmt::format("[listener second]\naddress = 127.0.0.3\nport = {}\n", port), {"--apply"});
  EXPECT_EQ(result.status.code, 78) << result.error;
  EXPECT_THAT(result.error, HasSubstr("cannot be listened on at 127.0.0.3"));
}

TEST_P(PostfixGenerateApply, AValueThatOnlySmtpdCannotReadIsTakenBack) {
  SteadyClient client(Endpoint{"127.0.0.1", port_});
  const ApplyResult result = apply_disturbed("[mta]\nvrfy = no\n", [&] {
    run_command({"postconf", "-c", host_.directory, "-e", "smtpd_timeout=abc"});
  });
  EXPECT_EQ(result.outcome, ApplyOutcome::rolled_back) << result.found.format_all();
  EXPECT_THAT(result.log, ::testing::Contains(HasSubstr("smtpd_timeout")));
  expect_nothing_happened(client);
}

TEST_P(GenerateApply, AMilterThatIsAwayIsFoundBeforeClientsMeetIt) {
  daemon_.stop();
  const CommandResult result = generate("[mta]\nvrfy = no\n", {"--apply"});
  EXPECT_EQ(result.status.code, 75) << result.error;
  EXPECT_THAT(result.error, HasSubstr("milter.sock"));
  EXPECT_EQ(contents(), before_);
}

// Killed at any moment, the next run finds what was left and takes it back first.
TEST_P(GenerateApply, AKillIsSurvived) {
  constexpr int kKills = 8;
  std::mt19937_64 random(seeds().front());
  SteadyClient client(Endpoint{"127.0.0.1", port_});
  for (int i = 0; i < kKills; ++i) {
    {
      std::vector<std::string> command = command_for("[mta]\nvrfy = no\n");
      command.emplace_back("--apply");
      ChildProcess run(command);
      (void)run.wait(std::chrono::milliseconds(random() % 2500));
      run.kill();
    }
    const CommandResult back = generate("", {"--apply"});
    ASSERT_EQ(back.status.code, 0) << back.error << tail(host_.mta->log());
    expect_files_of_before();
  }
  client.stop();
  EXPECT_THAT(troubles_of(client), ::testing::IsEmpty()) << tail(host_.mta->log());
}

}  // namespace
}  // namespace portcullis::testing
