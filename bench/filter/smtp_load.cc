// SMTP connections a second through a private Postfix, in turn with each of several ways to decide
// about a client. Needs root, as Postfix does.

#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/filter/smtp_exchange.h"
#include "tests/mta/support/postfix_instance.h"

namespace portcullis::bench {
namespace {

using testing::ListenerSpec;
using testing::MtaOptions;
using testing::PostfixInstance;

struct Options {
  std::vector<std::string> targets;
  std::size_t clients = 8;
  int rounds = 5;
  double seconds = 1;
  double warm_up = 0.3;
};

// One way to decide: its listener of the Postfix, and what was measured.
struct Target {
  std::string name;
  std::string decider;  // "none", "milter:unix:/path" or "cidr:/file"
  std::vector<double> rates;
  std::vector<std::string> sessions;  // latencies, as JSON

  bool denies() const { return decider != "none" && name != "no-op"; }
};

Target parse_target(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) throw std::runtime_error("no NAME=DECIDER: " + text);
  return {text.substr(0, equals), text.substr(equals + 1), {}, {}};
}

// Postfix asks its own table only at RCPT unless it is told not to wait, and a milter at CONNECT.
ListenerSpec listener_for(const Target& target) {
  ListenerSpec listener{.name = target.name};
  if (target.decider.starts_with("milter:")) {
    listener.options = {"smtpd_milters=" + target.decider.substr(7)};
  } else if (target.decider.starts_with("cidr:")) {
    listener.options = {"smtpd_delay_reject=no",
                        "smtpd_client_restrictions=check_client_access," + target.decider};
  }
  return listener;
}

// Each target lets one client in, and one that its list names not.
void check(const PostfixInstance& postfix, const Target& target) {
  const auto banner = [&](const char* source) {
    testing::SmtpClient client(postfix.endpoint(target.name), source);
    return client.read_banner().code;
  };
  if (banner("127.1.0.1") != 220) throw std::runtime_error(target.name + " denies 127.1.0.1");
  if ((banner("127.66.0.1") != 220) != target.denies()) {
    throw std::runtime_error(target.name + " errs about 127.66.0.1");
  }
}

LoadResult run(SmtpLoad& load, std::size_t clients, double seconds) {
  std::vector<std::unique_ptr<SmtpExchange>> owned;
  std::vector<Exchange*> exchanges;
  for (std::size_t i = 0; i < clients; ++i) {
    exchanges.push_back(owned.emplace_back(std::make_unique<SmtpExchange>(load)).get());
  }
  const LoadResult result =
      LoadLoop().run(exchanges, {.time = std::chrono::duration<double>(seconds)});
  if (!result.failure.empty()) throw std::runtime_error(result.failure);
  return result;
}

void measure(const PostfixInstance& postfix, const Options& options, Target& target) {
  const auto server = postfix.endpoint(target.name);
  SmtpLoad warm_up{.server = server};
  run(warm_up, options.clients, options.warm_up);
  SmtpLoad load{.server = server};
  const LoadResult result = run(load, options.clients, options.seconds);
  target.rates.push_back(result.rate());
  target.sessions.push_back(load.session.to_json());
}

void print_json(const std::vector<Target>& targets) {
  fmt::print("{{");
  for (const Target& target : targets) {
    fmt::print(R"({}"{}": {{"connections_per_second": [{:.1f}], "session_us": [{}]}})",
               &target == targets.data() ? "" : ", ", target.name, fmt::join(target.rates, ", "),
               fmt::join(target.sessions, ", "));
  }
  fmt::print("}}\n");
}

void generate(const Options& options) {
  std::vector<Target> targets;
  MtaOptions mta{.listeners = {}};
  for (const std::string& text : options.targets) {
    targets.push_back(parse_target(text));
    mta.listeners.push_back(listener_for(targets.back()));
  }
  PostfixInstance postfix(std::move(mta));
  postfix.start();
  for (const Target& target : targets) check(postfix, target);
  for (int round = 0; round < options.rounds; ++round) {
    for (Target& target : targets) measure(postfix, options, target);
  }
  print_json(targets);
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--target", options.targets,
                 "NAME=none, NAME=milter:unix:/path or NAME=cidr:/file; may be repeated. All but "
                 "none and the milter called no-op must deny 127.66.0.0/16")
      ->required();
  app.add_option("--clients", options.clients, "Connections at once")->capture_default_str();
  app.add_option("--rounds", options.rounds, "Runs of each target")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Length of a run")->capture_default_str();
  app.add_option("--warm-up", options.warm_up, "Seconds before each that are not measured")
      ->capture_default_str();
}

}  // namespace
}  // namespace portcullis::bench

int main(int argc, char** argv) {
  CLI::App app("SMTP connections through a private Postfix", "smtp_load");
  portcullis::bench::Options options;
  portcullis::bench::add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    portcullis::bench::generate(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "smtp_load: {}\n", error.what());
    return 1;
  }
}
