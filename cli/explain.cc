#include "cli/explain.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/client_census.h"
#include "cli/explanation.h"
#include "cli/explanation_json.h"
#include "cli/explanation_text.h"
#include "cli/judged_clients.h"
#include "cli/judged_clients_output.h"
#include "cli/live_counts.h"
#include "cli/policy_source.h"
#include "cli/time_argument.h"
#include "config/host_name_text.h"
#include "policy/printable.h"

namespace portcullis {
namespace {

constexpr std::string_view kLocal = "local";

// The arguments, as typed.
struct ExplainArguments {
  std::optional<std::string> address;  // or "local"
  std::optional<std::string> file;     // of many clients; "-" is standard input
  std::optional<std::string> against;  // another policy
  std::string name;
  std::optional<std::string> helo;
  std::optional<std::string> listener;
  std::optional<std::string> at;
};

tl::unexpected<Report> bad_data(const std::string& message) {
  return tl::unexpected(failure(ExitCode::bad_data, message));
}

Found<std::optional<IpAddress>> client_address(const std::string& text) {
  if (text == kLocal) return std::nullopt;
  const auto address = IpAddress::parse(text);
  if (address) return *address;
  return bad_data(fmt::format("the address \"{}\" {}; give one IPv4 or IPv6 address, or \"{}\"",
                              text, describe(address.error()), kLocal));
}

Found<std::string> host_name(std::string name) {
  if (name.ends_with('.')) name.pop_back();  // the root
  if (name.empty()) return name;
  const auto parsed = parse_host_name(name);
  if (!parsed) return bad_data(fmt::format("the name \"{}\" {}", name, parsed.error().reason));
  if (name.front() != '.') return name;
  return bad_data(fmt::format("the name \"{}\" is a domain; give the name of a host", name));
}

Found<ListenerIndex> listener_named(const Policy& policy, const std::optional<std::string>& name) {
  const std::vector<Listener>& listeners = policy.listeners();
  if (!name) return find_listener(listeners, {}).listener;
  const auto found = std::ranges::find(listeners, *name, &Listener::name);
  if (found != listeners.end()) return static_cast<ListenerIndex>(found - listeners.begin());
  std::vector<std::string_view> known;
  known.reserve(listeners.size());
  for (const Listener& listener : listeners) known.push_back(listener.name);
  return bad_data(
      fmt::format("there is no listener \"{}\"; known here: {}", *name, fmt::join(known, ", ")));
}

// All that can be said without the policy is checked before the policy is loaded.
Found<Question> question_without_listener(const ExplainArguments& arguments) {
  const auto address = client_address(*arguments.address);
  if (!address) return tl::unexpected(address.error());
  const auto name = host_name(arguments.name);
  if (!name) return tl::unexpected(name.error());
  const auto at = time_asked_for(arguments.at);
  if (!at) return tl::unexpected(at.error());
  return Question{*address, *name, arguments.helo, {}, *at};
}

Found<Explanation> find_explanation(const std::string& file, const ExplainArguments& arguments) {
  auto question = question_without_listener(arguments);
  if (!question) return tl::unexpected(question.error());
  auto loaded = open_policy(file);
  if (!loaded) return tl::unexpected(loaded.error());
  const auto listener = listener_named(*loaded->policy, arguments.listener);
  if (!listener) return tl::unexpected(listener.error());
  question->listener = *listener;
  return explain_client(*std::move(loaded), *std::move(question));
}

Report explain_one(const CommonOptions& options, const ExplainArguments& arguments) {
  const auto found = find_explanation(options.policy_file, arguments);
  if (!found) return found.error();
  // Of another time than now the daemon knows nothing.
  const auto live = arguments.at ? std::nullopt : live_counts(options.policy_file, *found);
  return {ExitCode::ok,
          options.json ? json_text(explanation_json(*found, live)) : explanation_text(*found, live),
          {}};
}

Found<std::shared_ptr<const Policy>> policy_against(const std::optional<std::string>& file) {
  if (!file) return nullptr;
  auto loaded = open_policy(*file);
  if (!loaded) return tl::unexpected(loaded.error());
  return std::move(loaded->policy);
}

Found<JudgeSettings> judge_settings(const std::string& file, const ExplainArguments& arguments) {
  const auto at = time_asked_for(arguments.at);
  if (!at) return tl::unexpected(at.error());
  auto loaded = open_policy(file);
  if (!loaded) return tl::unexpected(loaded.error());
  JudgeSettings settings{std::move(loaded->policy), nullptr, std::nullopt, *at};
  if (arguments.listener) {
    const auto listener = listener_named(*settings.policy, arguments.listener);
    if (!listener) return tl::unexpected(listener.error());
    settings.listener = *listener;
  }
  auto against = policy_against(arguments.against);
  if (!against) return tl::unexpected(against.error());
  settings.against = std::move(*against);
  return settings;
}

// What stood in the file and was no client, so that a mistyped address is not lost in silence.
std::string unreadable_text(const std::string& file, const ClientCensus& census) {
  if (census.unreadable == 0) return {};
  const std::string others =
      census.unreadable == 1 ? "" : fmt::format("; {} more lines", census.unreadable - 1);
  return "portcullis: " +
         shown(fmt::format("{}:{}: \"{}\" is neither an address nor a line of a mail log{}", file,
                           census.first_unreadable, printable(census.first_unreadable_text, 100),
                           others)) +
         '\n';
}

// The clients that are asked about together: those of a file, or the one that was typed.
Found<ClientCensus> clients_asked_about(const ExplainArguments& arguments) {
  if (arguments.file) return take_census_of(*arguments.file);
  const auto question = question_without_listener(arguments);
  if (!question) return tl::unexpected(question.error());
  ClientCensus census;
  if (question->address) {
    census.clients.push_back({*question->address, question->verified_name, {}, 1});
  }
  return census;
}

Report explain_many(const CommonOptions& options, const ExplainArguments& arguments) {
  const auto census = clients_asked_about(arguments);
  if (!census) return census.error();
  const auto settings = judge_settings(options.policy_file, arguments);
  if (!settings) return settings.error();
  const JudgedClients judged = judge_clients(census->clients, *settings);
  return {ExitCode::ok, options.json ? json_text(to_json(judged)) : to_text(judged),
          unreadable_text(arguments.file.value_or(""), *census)};
}

Report explain(const CommonOptions& options, const ExplainArguments& arguments) {
  if (arguments.address.has_value() == arguments.file.has_value()) {
    Report report =
        failure(ExitCode::usage, "explain: give the address of a client, or --file FILE");
    report.errors += "Usage: portcullis explain ADDRESS|--file FILE [OPTIONS]\n";
    return report;
  }
  if (arguments.file || arguments.against) return explain_many(options, arguments);
  return explain_one(options, arguments);
}

}  // namespace

void add_explain(Commands& commands) {
  const auto arguments = std::make_shared<ExplainArguments>();
  Command& command = commands.add(
      "explain", "Say what a client gets, and why",
      [arguments](const CommonOptions& options) { return explain(options, *arguments); });
  command.add_option("ADDRESS", arguments->address, "Address of the client, or \"local\"")
      ->type_name("");
  CommandOption* const name =
      command.add_option("--name", arguments->name, "Host name that the MTA has verified")
          ->type_name("HOST");
  CommandOption* const helo =
      command.add_option("--helo", arguments->helo, "What the client says in HELO")
          ->type_name("HOST");
  command
      .add_option("--file", arguments->file,
                  "Clients one a line, or a mail log of Postfix; - is standard input")
      ->type_name("FILE")
      ->excludes(name)
      ->excludes(helo);
  command
      .add_option("--against", arguments->against,
                  "Only clients to which this policy gives another verdict")
      ->type_name("POLICY")
      ->excludes(helo);
  command
      .add_option("--listener", arguments->listener,
                  "Listener it comes to; default: the first inbound")
      ->type_name("NAME");
  command.add_option("--at", arguments->at, "When it comes, as 2027-01-31T00:00:00Z")
      ->type_name("TIME");
}

}  // namespace portcullis
