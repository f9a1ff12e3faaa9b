#include "cli/explain.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/explanation.h"
#include "cli/json_text.h"
#include "cli/policy_source.h"
#include "cli/step_text.h"
#include "cli/wire_text.h"
#include "config/entry_line.h"
#include "config/host_name_text.h"

namespace portcullis {
namespace {

constexpr std::string_view kLocal = "local";

// The arguments, as typed.
struct ExplainArguments {
  std::string address;  // or "local"
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

Found<Time> time_asked_for(const std::optional<std::string>& text) {
  if (!text) return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto time = parse_time(*text);
  if (time) return *time;
  return bad_data(fmt::format("the time \"{}\" {}; write it like 2027-01-31T00:00:00Z", *text,
                              time.error().reason));
}

// All that can be said without the policy is checked before the policy is loaded.
Found<Question> question_without_listener(const ExplainArguments& arguments) {
  const auto address = client_address(arguments.address);
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
  return explain_client(std::move(loaded->policy), *std::move(question));
}

std::string address_text(const Explanation& e) {
  return e.question.address ? e.question.address->to_string() : std::string(kLocal);
}

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json to_json(const EntryDescription& entry) {
  return {{"text", entry.text}, {"file", entry.file}, {"line", entry.line}};
}

Json overrode_json(const Explanation& e) {
  Json all = Json::array();
  for (const EntryDescription& entry : e.overrode) {
    Json json = to_json(entry);
    json["class"] = e.policy->client_class(entry.client_class).name;
    all.push_back(std::move(json));
  }
  return all;
}

Json limits_json(const Explanation& e) {
  if (!e.limits) return nullptr;
  return {{"client_network", e.limits->client_network.to_string()},
          {"client", or_null(e.limits->client)},
          {"class", or_null(e.limits->client_class)},
          {"listener", or_null(e.limits->listener)}};
}

Json to_json(const Explanation& e) {
  const Verdict& v = e.verdict;
  Json json;
  json["address"] = address_text(e);
  json["listener"] = e.policy->listener(v.listener).name;
  json["verdict"] = to_string(v.disposition);
  json["action"] = to_string(v.decided_by);
  json["class"] = v.client_class ? Json(e.policy->client_class(*v.client_class).name) : Json();
  json["entry"] = e.entry ? to_json(*e.entry) : Json();
  json["reply"] = v.reply != nullptr ? Json(v.reply->to_string()) : Json();
  json["mode"] = to_string(v.mode);
  json["overrode"] = overrode_json(e);
  json["steps"] = step_sentences(e);
  json["enforced"] = to_string(v.enforced());
  json["answer_at"] = v.reply != nullptr ? Json(to_string(v.answer_at)) : Json();
  json["limits"] = limits_json(e);
  json["on_the_wire"] = on_the_wire(v);
  return json;
}

std::string verdict_text(const Verdict& verdict) {
  std::string text(to_string(verdict.disposition));
  if (verdict.enforced() != verdict.disposition) text = "would-" + text + " (observed only)";
  if (verdict.reply == nullptr) return text;
  text += ", " + verdict.reply->to_string();
  return verdict.exceeded ? text : text + fmt::format(" (at {})", to_string(verdict.answer_at));
}

std::string client_text(const Explanation& e) {
  std::string text = e.question.address ? address_text(e) : "local submission";
  if (!e.question.verified_name.empty()) text += ", host name " + e.question.verified_name;
  if (e.question.helo) text += ", HELO " + *e.question.helo;
  return text + fmt::format(", on listener {}", e.policy->listener(e.verdict.listener).name);
}

std::string decided_text(const Explanation& e) {
  if (e.entry) return entry_text(*e.policy, *e.entry);
  return e.verdict.local ? "local submission" : "the default of the listener";
}

void add_line(std::string& out, std::string_view label, std::string_view text) {
  out += fmt::format("{:<10}{}\n", label, shown(text));
}

std::string to_text(const Explanation& e) {
  std::string out;
  add_line(out, "verdict", verdict_text(e.verdict));
  add_line(out, "client", client_text(e));
  add_line(out, "decided", decided_text(e));
  for (const EntryDescription& entry : e.overrode) {
    add_line(out, "overrode", entry_text(*e.policy, entry));
  }
  out += "\nHow it was reached:\n";
  int number = 0;
  for (const std::string& step : step_sentences(e)) {
    out += fmt::format("{:>3}. {}\n", ++number, shown(step));
  }
  out += "\nWhat the client sees:\n";
  for (const std::string& line : on_the_wire(e.verdict)) out += "     " + shown(line) + '\n';
  return out;
}

Report explain(const CommonOptions& options, const ExplainArguments& arguments) {
  const auto found = find_explanation(options.policy_file, arguments);
  if (!found) return found.error();
  return {ExitCode::ok, options.json ? json_text(to_json(*found)) : to_text(*found), {}};
}

}  // namespace

void add_explain(Commands& commands) {
  const auto arguments = std::make_shared<ExplainArguments>();
  CLI::App& command = commands.add(
      "explain", "Say what a client gets, and why",
      [arguments](const CommonOptions& options) { return explain(options, *arguments); });
  command.add_option("ADDRESS", arguments->address, "Address of the client, or \"local\"")
      ->required()
      ->type_name("");
  command.add_option("--name", arguments->name, "Host name that the MTA has verified")
      ->type_name("HOST");
  command.add_option("--helo", arguments->helo, "What the client says in HELO")->type_name("HOST");
  command
      .add_option("--listener", arguments->listener,
                  "Listener it comes to; default: the first inbound")
      ->type_name("NAME");
  command.add_option("--at", arguments->at, "When it comes, as 2027-01-31T00:00:00Z")
      ->type_name("TIME");
}

}  // namespace portcullis
