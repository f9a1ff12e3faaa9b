#include "tests/mta/support/guarded_mta.h"

#include <stdexcept>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace portcullis::testing {
namespace {

std::map<std::string, int> open_connections(const nlohmann::json& gauges) {
  std::map<std::string, int> open;
  for (const auto& [name, gauge] : gauges.items()) {
    const int connections = gauge.at("connections");
    if (connections != 0) open[name] = connections;
  }
  return open;
}

}  // namespace

std::string to_string(const Gauges& gauges) {
  return fmt::format("{} sessions, {} counted, listeners {}, classes {}", gauges.sessions,
                     gauges.counted, gauges.listeners, gauges.classes);
}

GuardedMta::GuardedMta(MtaKind kind, std::string_view policy, MtaOptions options,
                       const std::string& daemon_settings)
    : daemon_(daemon_settings) {
  daemon_.write_policy(policy);
  daemon_.start();
  options.milter = daemon_.milter_address();
  mta_ = make_mta(kind, std::move(options));
  mta_->start();
  if (!daemon_.wait_until_idle()) throw std::runtime_error("the probes are still open");
}

MtaOptions GuardedMta::three_services() {
  MtaOptions options;
  options.listeners = {ListenerSpec{.name = "inbound"},
                       ListenerSpec{.name = "six", .address = "::1"},
                       ListenerSpec{.name = "second"}};
  return options;
}

void GuardedMta::use_policy(std::string_view ini) {
  if (!daemon_.wait_until_idle()) {
    throw std::runtime_error("clients are still connected: " + to_string(gauges()));
  }
  daemon_.write_policy(ini);
  const CommandResult result = daemon_.cli({"reload", "--force"});
  if (!result.status.success()) throw std::runtime_error("reload: " + result.error);
  // Its last line: from here on the log is about what the test does.
  const int generation = daemon_.status().at("generation");
  if (!daemon_.wait_for_log(fmt::format("policy reloaded: generation {}\n", generation))) {
    throw std::runtime_error("the reload is not in the log:\n" + daemon_.log());
  }
}

Gauges GuardedMta::gauges() const {
  const nlohmann::json status = daemon_.status();
  return {.sessions = status.at("sessions"),
          .counted = status.at("counted"),
          .listeners = open_connections(status.at("listeners")),
          .classes = open_connections(status.at("classes"))};
}

bool GuardedMta::reaches(const Gauges& expected) const {
  return eventually([&] { return gauges() == expected; });
}

Conversation converse(SmtpClient& client, std::string_view helo) {
  Conversation told{.banner = client.read_banner()};
  if (told.banner.code != 421) told.hello = client.command(fmt::format("EHLO {}", helo));
  if (told.hello.code == 250) told.mail = client.command("MAIL FROM:<sender@client.test>");
  told.transcript = client.transcript_text();
  return told;
}

}  // namespace portcullis::testing
