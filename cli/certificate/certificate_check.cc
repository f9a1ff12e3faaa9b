#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/certificate/certificate.h"
#include "cli/certificate/certificate_text.h"
#include "cli/certificate/host_arguments.h"
#include "cli/certificate/listener_comparison.h"
#include "cli/certificate/policy_certificates.h"
#include "cli/diagnostic_json.h"
#include "cli/policy_source.h"
#include "cli/time_argument.h"

namespace portcullis {
namespace {

// The arguments, as typed.
struct CheckArguments {
  std::optional<std::string> name;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  std::optional<std::string> chain;
  std::vector<std::string> hosts;
  std::optional<std::string> at;
  ConnectArguments connect;

  bool names_files() const { return certificate || key || chain; }
};

Report merged(Report report, const Diagnostics& found) {
  report.errors += found.format_all();
  return report;
}

// What one set and the listener that is to show it make together.
Report set_report(const CommonOptions& options, const std::string& what,
                  CheckedCertificates checked, const std::optional<TlsListener>& listener,
                  Json about) {
  std::optional<ListenerComparison> comparison;
  if (listener) comparison = compare_with_listener(*listener, checked);
  std::string text = summary(what, checked);
  if (comparison) {
    text += summary(*listener, *comparison);
    checked.found.add_all(comparison->found);
  }
  ExitCode code = exit_code(checked.found);
  if (comparison && !comparison->answered) code = ExitCode::unavailable;
  if (!options.json) return merged({code, std::move(text), {}}, checked.found);
  Json json = findings_json(checked.found);
  json.update(about);
  json["certificates"] = to_json(checked.certificates);
  if (comparison) json["listener"] = to_json(*listener, *comparison);
  return {code, json_text(json), {}};
}

Report check_files(const CommonOptions& options, const CheckArguments& arguments, Time at,
                   std::optional<TlsListener> listener) {
  if (!arguments.certificate || !arguments.key) {
    return failure(ExitCode::usage, "--certificate and --key are needed together");
  }
  if (auto hosts = check_hosts(arguments.hosts); !hosts) return hosts.error();
  if (listener && !arguments.hosts.empty()) listener->server_name = arguments.hosts.front();
  const CertificateSet set{*arguments.certificate, *arguments.key, arguments.chain,
                           arguments.hosts};
  return set_report(options, set.certificate_file, check_certificates(set, at), listener,
                    Json::object());
}

Report check_name(const CommonOptions& options, const std::string& name, Time at,
                  std::optional<TlsListener> listener) {
  const auto named = find_certificate(options, name);
  if (!named) return named.error();
  const CertificateFiles& files = named->files;
  if (listener && !files.hosts.empty()) listener->server_name = files.hosts.front().value;
  return set_report(options, name, check_named(files, options.policy_file, at), listener,
                    section_json(named->policy, files));
}

Report check_all(const CommonOptions& options, Time at) {
  const auto policy = open_certificates(options.policy_file);
  if (!policy) return policy.error();
  Diagnostics found;
  std::string text;
  Json sets = Json::array();
  for (const CertificateFiles& files : policy->certificates) {
    const auto checked = check_named(files, options.policy_file, at);
    text += summary(files.name, checked);
    found.add_all(checked.found);
    Json set = section_json(*policy, files);
    set["certificates"] = to_json(checked.certificates);
    sets.push_back(std::move(set));
  }
  if (policy->certificates.empty()) text = shown(options.policy_file) + ": no certificates\n";
  if (!options.json) return merged({exit_code(found), std::move(text), {}}, found);
  Json json = findings_json(found);
  json["sets"] = std::move(sets);
  return {exit_code(found), json_text(json), {}};
}

Report check(const CommonOptions& options, const CheckArguments& arguments) {
  const auto at = time_asked_for(arguments.at);
  if (!at) return at.error();
  auto listener = listener_asked_for(arguments.connect);
  if (!listener) return listener.error();
  if (arguments.name && (arguments.names_files() || !arguments.hosts.empty())) {
    return failure(ExitCode::usage, "NAME stands for its files and hosts: leave them out");
  }
  if (arguments.name) return check_name(options, *arguments.name, *at, *std::move(listener));
  if (arguments.names_files()) return check_files(options, arguments, *at, *std::move(listener));
  if (*listener)
    return failure(ExitCode::usage, "--connect needs NAME, or --certificate and --key");
  if (!arguments.hosts.empty()) {
    return failure(ExitCode::usage, "--host needs --certificate and --key");
  }
  return check_all(options, *at);
}

}  // namespace

void add_certificate_check(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<CheckArguments>();
  Command& command = add_with_keys(
      commands, group, "check", "Say everything that is wrong with certificates and their keys",
      [arguments](const CommonOptions& options) { return check(options, *arguments); });
  command.add_option("NAME", arguments->name, "A [certificate NAME] of the policy; default: all")
      ->type_name("");
  command.add_option("--certificate", arguments->certificate, "The server's certificate")
      ->type_name("FILE");
  command.add_option("--key", arguments->key, "Its private key; may be the same file")
      ->type_name("FILE");
  command.add_option("--chain", arguments->chain, "Certificates of the issuers")->type_name("FILE");
  command
      .add_option("--host", arguments->hosts,
                  "A name or address that clients connect to; may be repeated")
      ->type_name("NAME")
      ->repeatable();
  command.add_option("--at", arguments->at, "When, as 2027-01-31T00:00:00Z")->type_name("TIME");
  add_connect_options(command, arguments->connect);
}

}  // namespace portcullis
