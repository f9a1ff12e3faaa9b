// scripts/demo: starts portcullisd and a private MTA, connects to it as several clients, and shows
// for each of them the SMTP dialogue, the daemon's log line and what `portcullis explain` says.
// Ends with 0 only if every client got what the policy says.

#include <csignal>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "tests/mta/support/daemon_process.h"
#include "tests/mta/support/mta_instance.h"
#include "tests/mta/support/scratch_directory.h"
#include "tests/mta/support/smtp_client.h"

namespace portcullis::testing {
namespace {

enum class Outcome { permitted, denied_at_connect, denied_at_helo, over_limit };

struct DemoClient {
  std::string title;
  std::string address;
  Outcome expected;
};

const std::vector<DemoClient>& demo_clients() {
  static const std::vector<DemoClient> clients = {
      {"A client that nobody lists: permitted by the listener's default", "127.0.1.1",
       Outcome::permitted},
      {"A client in a denied network: refused at CONNECT", "127.0.2.9", Outcome::denied_at_connect},
      {"A partner inside that network: the longer prefix permits it", "127.0.2.25",
       Outcome::permitted},
      {"A client in a list file: refused at HELO, in the operator's words", "127.0.3.7",
       Outcome::denied_at_helo},
      {"A client with two connections open opens a third one", "127.0.4.4", Outcome::over_limit},
  };
  return clients;
}

class Demo {
 public:
  explicit Demo(MtaKind kind) {
    const std::string folder = PORTCULLIS_DEMO_DIR;
    daemon_.write_policy(read_file(folder + "/portcullis.conf"));
    daemon_.write_list("listed.list", read_file(folder + "/listed.list"));
    daemon_.start();
    MtaOptions options;
    options.listeners = {{.name = "inbound"}};
    options.milter = daemon_.milter_address();
    mta_ = make_mta(kind, options);
    mta_->start();
    fmt::print("{} listens on {} port {}, with portcullisd as its milter\n", mta_->name(),
               mta_->endpoint().address, mta_->endpoint().port);
  }

  // True if every client got what it should.
  bool run() {
    bool all = true;
    for (const DemoClient& client : demo_clients()) {
      fmt::print("\n=== {} ({})\n", client.title, client.address);
      const bool as_expected = show(client);
      fmt::print("  {}\n", as_expected ? "as the policy says" : "NOT WHAT THE POLICY SAYS");
      all = all && as_expected;
    }
    return all;
  }

  void say_what_to_type() const {
    const auto& server = mta_->endpoint();
    const std::string policy = daemon_.policy_path().string();
    fmt::print(
        "\nStill running; Ctrl-C ends it. In another terminal, for example:\n"
        "  nc -s 127.0.2.9 {0} {1}                      # talk to it as a denied client\n"
        "  {3} -c {2} status\n"
        "  {3} -c {2} explain 127.0.3.70\n"
        "  echo 127.0.1.1 >>{4}/listed.list && {3} -c {2} reload\n"
        "  tail -f {5}\n",
        server.address, server.port, policy, PORTCULLIS_PATH, daemon_.scratch().path().string(),
        daemon_.log_path().string());
    std::cout.flush();
  }

 private:
  bool show(const DemoClient& client) {
    // What the third connection of one client meets.
    std::vector<SmtpClient> earlier;
    if (client.expected == Outcome::over_limit) {
      for (int i = 0; i < 2; ++i) earlier.push_back(mta_->connect(client.address));
      for (SmtpClient& connection : earlier) connection.read_banner();
    }
    const std::size_t mark = daemon_.log_mark();
    SmtpClient smtp = mta_->connect(client.address);
    const bool as_expected = talk(smtp, client.expected);
    print_indented("SMTP", smtp.transcript_text());
    const auto line = daemon_.wait_for_log("[" + client.address + "]", mark);
    print_indented("log", line.value_or("(no line)"));
    print_indented("explain", daemon_.cli({"explain", client.address}).output);
    return as_expected && line.has_value();
  }

  static bool talk(SmtpClient& smtp, Outcome expected) {
    const SmtpReplyLines banner = smtp.read_banner();
    if (expected == Outcome::over_limit) return banner.code == 421 && smtp.closed_by_peer();
    const SmtpReplyLines hello = smtp.command("EHLO client.example");
    const SmtpReplyLines mail = smtp.command("MAIL FROM:<sender@client.example>");
    smtp.quit();
    switch (expected) {
      case Outcome::permitted:
        return banner.code == 220 && hello.code == 250 && mail.code == 250;
      case Outcome::denied_at_connect:
        // Postfix gives our reply at MAIL, Sendmail its own.
        return banner.code == 554 && mail.code >= 550;
      case Outcome::denied_at_helo:
        return banner.code == 220 &&
               mail.text == "550 5.7.1 Your address is on our list, see https://example.com/listed";
      case Outcome::over_limit:
        break;
    }
    return false;
  }

  static void print_indented(std::string_view label, const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line); label = "") {
      fmt::print("  {:<8} {}\n", label, line);
    }
    std::cout.flush();
  }

  PortcullisDaemon daemon_;
  std::unique_ptr<MtaInstance> mta_;  // after the daemon: stops first
};

void wait_for_the_user_to_stop_it() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGHUP);
  int received = 0;
  sigwait(&stop, &received);
}

void block_stop_signals() {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGHUP);
  sigprocmask(SIG_BLOCK, &stop, nullptr);
}

}  // namespace
}  // namespace portcullis::testing

int main(int argc, char** argv) {
  using namespace portcullis::testing;
  CLI::App app{"Shows SMTP clients permitted, denied and limited by a policy"};
  std::string mta = "postfix";
  bool keep = false;
  app.add_option("--mta", mta, "postfix or sendmail")
      ->check(CLI::IsMember({"postfix", "sendmail"}));
  app.add_flag("--keep", keep, "stay up and say what to type");
  CLI11_PARSE(app, argc, argv);
  try {
    if (keep) block_stop_signals();
    Demo demo(parse_mta_kind(mta));
    const bool all = demo.run();
    fmt::print("\n{}\n", all ? "Every client got what the policy says."
                             : "Some client did NOT get what the policy says.");
    if (keep) {
      demo.say_what_to_type();
      wait_for_the_user_to_stop_it();
    }
    return all ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "demo: {}\n", error.what());
    return 1;
  }
}
