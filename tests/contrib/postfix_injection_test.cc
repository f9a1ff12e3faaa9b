// No text of a policy makes a second setting, a second service or a second line of a map: whatever
// is written, Postfix reads back exactly what was meant.

#include <filesystem>
#include <random>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "contrib/postfix/generated_files.h"
#include "contrib/postfix/postfix_configuration.h"
#include "contrib/postfix/postfix_edit.h"
#include "contrib/postfix/postfix_plan.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

#include "host/program_run.h"

namespace portcullis {
namespace {

namespace fs = std::filesystem;

// What a phrase of the policy may hold, with a liking for what means something to Postfix.
class HostileText {
 public:
  explicit HostileText(std::uint64_t seed) : random_(seed) {}

  std::string phrase() { return text(kAnything, 30); }
  std::string word() { return text(kWords, 20); }
  std::string path() { return "/" + text(kAnything, 20); }
  std::string plain_path() { return "/etc/" + text(kPlain, 12); }

 private:
  static constexpr std::string_view kAnything = "ab$ {}'\"`,=#\\:;/-o[]()<>|&!%@*?~^.x1";
  static constexpr std::string_view kWords = "ab${}'\"`,=#\\:;/-o[]()<>|&!%@*?~^.x1";
  static constexpr std::string_view kPlain = "ab$=#\\:;/-o[]()<>|&!%@*?~^.x1";

  std::string text(std::string_view letters, std::size_t longest) {
    std::string text;
    const std::size_t length = 1 + random_() % longest;
    while (text.size() < length) text += letters[random_() % letters.size()];
    // The reader of the policy cuts blanks off.
    const std::size_t first = text.find_first_not_of(' ');
    if (first == std::string::npos) return "x";
    return text.substr(first, text.find_last_not_of(' ') - first + 1);
  }

  std::mt19937_64 random_;
};

template <typename T>
Written<T> at(std::uint32_t line, T value) {
  return {std::move(value), line};
}

MtaSettings hostile_settings(HostileText& text, bool plain) {
  const auto path = [&] { return plain ? text.plain_path() : text.path(); };
  MtaSettings settings;
  settings.policy_file = "/etc/" + text.phrase() + "\nmyhostname = evil\n";
  settings.milter_socket = at(2, "unix:/var/spool/postfix" + path());
  settings.certificates.push_back({"one", 3, at(3, path()), at(4, path()), at(5, path()), {}});
  settings.certificates.push_back(
      {"two", 6, at(6, path()), at(7, path()), {}, {at<std::string>(8, "shop.example")}});
  ListenerDelivery delivery;
  delivery.listener.name = "inbound";
  delivery.listener.daemon_name = plain ? "a$b-o" : text.word();
  delivery.place.line = 10;
  delivery.tls = at(11, ListenerTls::may);
  delivery.certificates = {at<std::string>(12, "one"), at<std::string>(12, "two")};
  delivery.client_ca = at(13, path());
  settings.listeners.push_back(delivery);
  delivery.listener.name = "submission";
  delivery.listener.role = ListenerRole::submission;
  delivery.listener.port = 587;
  settings.listeners.push_back(delivery);
  settings.server.banner = at(20, plain ? "a $b $$ = # \\" : text.phrase());
  settings.outgoing.ca = at(21, path());
  AuthenticationSettings authentication;
  authentication.source = at(30, AuthenticationSource::ldap);
  authentication.socket = at(31, "/var/spool/postfix" + path());
  authentication.ldap_uri = at(32, text.phrase());
  authentication.ldap_base = at(33, text.phrase());
  authentication.ldap_filter = at(34, text.phrase());
  authentication.ldap_bind_dn = at(35, text.phrase());
  settings.authentication = authentication;
  return settings;
}

class Instance {
 public:
  // As the package brings it; nothing of it runs.
  Instance() {
    fs::create_directories(etc());
    golden::write_file(etc() / "main.cf", "compatibility_level = 3.6\n");
    fs::copy_file("/usr/share/postfix/master.cf.dist", etc() / "master.cf");
  }

  fs::path etc() const { return scratch_.path() / "etc"; }
  std::string ask(const std::vector<std::string>& arguments) const {
    golden::age(etc() / "main.cf");
    golden::age(etc() / "master.cf");
    std::vector<std::string> command = {"postconf", "-c", etc()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto run = run_program(command);
    EXPECT_TRUE(run && run->succeeded() && run->errors.empty()) << (run ? run->errors : "");
    return run ? run->output : "";
  }

 private:
  golden::ScratchFolder scratch_;
};

std::set<std::string> lines_of(const std::string& text) {
  std::set<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    lines.insert(line.substr(0, line.find_last_not_of(' ') + 1));
  }
  return lines;
}

std::string trimmed_line(const std::string& name, const std::string& value) {
  return value.empty() ? name + " =" : name + " = " + value;
}

// Every setting of main.cf and master.cf, of all services: those of the plan and no other.
void expect_exactly(const PostfixPlan& plan, const Instance& instance,
                    const std::set<std::string>& before_main,
                    const std::set<std::string>& before_master) {
  std::set<std::string> main_cf = before_main;
  for (const auto& setting : plan.settings) {
    main_cf.insert(trimmed_line(setting.name, setting.value));
  }
  EXPECT_EQ(lines_of(instance.ask({"-n"})), main_cf);
  std::set<std::string> master_cf = before_master;
  for (const auto& service : plan.services) {
    for (const auto& setting : service.overrides) {
      master_cf.insert(trimmed_line(service.entry.name() + '/' + setting.name, setting.value));
    }
  }
  EXPECT_EQ(lines_of(instance.ask({"-P"})), master_cf);
}

// Lines that are neither comment nor empty.
std::size_t meant_lines(const std::string& text) {
  std::istringstream in(text);
  std::size_t count = 0;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && !line.starts_with('#')) ++count;
  }
  return count;
}

void expect_single_lines(const MtaSettings& settings) {
  const PostfixPlan plan = make_postfix_plan(settings, debian_postfix());
  for (const GeneratedFile& file : plan.files) {
    const std::size_t expected = file.name == "sasl/saslauthd.conf" ? 4
                                 : file.name == "sasl/smtpd.conf"   ? 3
                                                                    : 1;
    EXPECT_EQ(meant_lines(file.text), expected) << file.name << '\n' << file.text;
  }
}

// As `portcullis generate --apply` writes it, with postconf(1).
void apply_and_compare(const MtaSettings& settings) {
  const Instance instance;
  const auto main_before = lines_of(instance.ask({"-n"}));
  const auto master_before = lines_of(instance.ask({"-P"}));
  const auto facts = read_postfix_facts(instance.etc(), {});
  ASSERT_TRUE(facts.has_value());
  const PostfixPlan plan = make_postfix_plan(settings, *facts);
  ASSERT_FALSE(plan.findings.has_errors()) << plan.findings.format_all();
  const auto made = make_changes(
      instance.etc(), find_changes(plan, *facts, [](const auto&) { return std::nullopt; }));
  ASSERT_TRUE(made.has_value()) << made.error().format_all();
  expect_exactly(plan, instance, main_before, master_before);
}

// As it is printed for people.
void print_and_compare(const MtaSettings& settings) {
  const Instance instance;
  const auto main_before = lines_of(instance.ask({"-n"}));
  const auto master_before = lines_of(instance.ask({"-P"}));
  const PostfixPlan plan = make_postfix_plan(settings, debian_postfix());
  ASSERT_FALSE(plan.findings.has_errors()) << plan.findings.format_all();
  const auto files = generated_files(settings, plan);
  const fs::path main_cf = instance.etc() / "main.cf";
  golden::write_file(main_cf, golden::read_file(main_cf) + files.at(0).text);
  std::string master = golden::read_file(instance.etc() / "master.cf");
  master.insert(master.find("\nsmtp      inet") + 1, "#");
  golden::write_file(instance.etc() / "master.cf", master + files.at(1).text);
  expect_exactly(plan, instance, main_before, master_before);
}

TEST(PostfixInjection, NoTextOfAPolicyMakesASecondSetting) {
  for (const std::uint64_t seed : testing::seeds()) {
    HostileText text(seed);
    for (int i = 0; i < 300; ++i) {
      const PostfixPlan plan = make_postfix_plan(hostile_settings(text, false), debian_postfix());
      for (const PlannedSetting& setting : plan.settings) {
        EXPECT_EQ(setting.value.find('\n'), std::string::npos) << setting.value;
      }
      for (const GeneratedFile& file : generated_files(hostile_settings(text, false), plan)) {
        EXPECT_EQ(file.text.find("\nmyhostname"), std::string::npos) << file.text;
      }
    }
    for (int i = 0; i < 300; ++i) expect_single_lines(hostile_settings(text, i % 2 == 0));
    for (int i = 0; i < 10; ++i) print_and_compare(hostile_settings(text, true));
    apply_and_compare(hostile_settings(text, true));
  }
}

// A banner comes out of Postfix as it went in.
TEST(PostfixInjection, WhatIsQuotedIsReadBack) {
  for (const std::uint64_t seed : testing::seeds()) {
    HostileText text(seed);
    for (int i = 0; i < 10; ++i) {
      MtaSettings settings;
      settings.milter_socket = at<std::string>(1, "inet:1@127.0.0.1");
      std::string banner = text.phrase();
      // Braces are refused, and postconf(1) shows one blank for many.
      std::erase_if(banner, [](char c) { return c == '{' || c == '}' || c == ' '; });
      settings.server.banner = at(2, "x" + banner);
      const Instance instance;
      const PostfixPlan plan = make_postfix_plan(settings, debian_postfix());
      golden::write_file(instance.etc() / "main.cf", generated_files(settings, plan).at(0).text);
      const std::string host = instance.ask({"-xh", "myhostname"});
      EXPECT_EQ(instance.ask({"-xh", "smtpd_banner"}),
                host.substr(0, host.size() - 1) + " x" + banner + '\n');
    }
  }
}

}  // namespace
}  // namespace portcullis
