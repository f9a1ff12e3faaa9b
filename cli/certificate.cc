#include "cli/certificate.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/diagnostic_json.h"
#include "cli/json_text.h"
#include "cli/time_argument.h"
#include "config/host_name_text.h"
#include "config/time_text.h"
#include "policy/ip_address.h"
#include "tls/certificate_check.h"

namespace portcullis {
namespace {

// The arguments, as typed.
struct CheckArguments {
  CertificateSet set;
  std::optional<std::string> at;
};

std::string date(const std::optional<Time>& time) {
  return time ? time_text(*time) : "?";
}

Json to_json(const CertificateFacts& facts) {
  const auto date_or_null = [](const std::optional<Time>& time) {
    return time ? Json(date(time)) : Json();
  };
  return {{"file", facts.file},
          {"line", facts.line},
          {"subject", facts.subject},
          {"issuer", facts.issuer},
          {"serial", facts.serial},
          {"names", facts.names},
          {"not_before", date_or_null(facts.not_before)},
          {"not_after", date_or_null(facts.not_after)},
          {"key", facts.key},
          {"signature", facts.signature},
          {"sha256", facts.sha256},
          {"ca", facts.is_ca},
          {"self_signed", facts.self_signed}};
}

Json to_json(const CheckedCertificates& checked) {
  Json certificates = Json::array();
  for (const CertificateFacts& facts : checked.certificates) certificates.push_back(to_json(facts));
  const Diagnostics& found = checked.found;
  return {{"ok", !found.has_errors()},
          {"errors", found.errors()},
          {"warnings", found.warnings()},
          {"notes", found.notes()},
          {"diagnostics", diagnostics_json(found)},
          {"codes", codes_json(found)},
          {"certificates", std::move(certificates)}};
}

std::string described(const CertificateFacts& facts) {
  std::string text = fmt::format("{}:{}\n", shown(facts.file), facts.line);
  const auto row = [&text](std::string_view name, std::string_view value) {
    text += fmt::format("  {:<10} {}\n", name, shown(value));
  };
  row("subject", facts.subject);
  row("issuer", facts.self_signed ? "itself" : facts.issuer);
  row("names", facts.names.empty() ? "none" : fmt::format("{}", fmt::join(facts.names, ", ")));
  row("valid", date(facts.not_before) + " to " + date(facts.not_after));
  row("key", facts.key + (facts.is_ca ? ", of an authority" : ""));
  row("signature", facts.signature);
  row("serial", facts.serial);
  row("sha256", facts.sha256);
  return text;
}

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// "mx.pem: CN=mx.example.com until 2027-01-31T00:00:00Z, 2 certificates: no errors".
std::string summary(const CertificateSet& set, const CheckedCertificates& checked) {
  std::string text = shown(set.certificate_file) + ": ";
  if (!checked.certificates.empty()) {
    const CertificateFacts& leaf = checked.certificates.front();
    text += fmt::format("{} until {}, {}: ", shown(leaf.subject), date(leaf.not_after),
                        counted(checked.certificates.size(), "certificate"));
  }
  const Diagnostics& found = checked.found;
  text += found.has_errors() ? counted(found.errors(), "error") : "no errors";
  if (found.warnings() > 0) text += ", " + counted(found.warnings(), "warning");
  if (found.notes() > 0) text += ", " + counted(found.notes(), "note");
  return text + '\n';
}

ExitCode exit_code(const CheckedCertificates& checked) {
  return checked.found.has_errors() ? ExitCode::bad_data : ExitCode::ok;
}

// A --host that no certificate could cover is a slip of the typist, not a finding.
std::optional<Report> refused(const std::vector<std::string>& hosts) {
  for (const std::string& host : hosts) {
    if (IpAddress::parse(host)) continue;
    const auto name = parse_host_name(host);
    if (name && !host.starts_with('.') && !host.ends_with('.')) continue;
    return failure(ExitCode::bad_data,
                   fmt::format("--host \"{}\" {}", host,
                               name ? "starts or ends with a dot" : name.error().reason));
  }
  return std::nullopt;
}

Report check(const CommonOptions& options, const CheckArguments& arguments) {
  const auto at = time_asked_for(arguments.at);
  if (!at) return at.error();
  if (auto report = refused(arguments.set.hosts)) return *std::move(report);
  const CheckedCertificates checked = check_certificates(arguments.set, *at);
  if (options.json) return {exit_code(checked), json_text(to_json(checked)), {}};
  return {exit_code(checked), summary(arguments.set, checked), checked.found.format_all()};
}

Report show(const CommonOptions& options, const std::string& file) {
  const CheckedCertificates read = read_certificates(file);
  if (options.json) return {exit_code(read), json_text(to_json(read)), {}};
  std::string text;
  for (const CertificateFacts& facts : read.certificates) text += described(facts);
  return {exit_code(read), std::move(text), read.found.format_all()};
}

void add_check_to(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<CheckArguments>();
  Command& command = commands.add_to(
      group, "check", "Say everything that is wrong with a certificate and its key",
      [arguments](const CommonOptions& options) { return check(options, *arguments); });
  command.add_option("--certificate", arguments->set.certificate_file, "The server's certificate")
      ->type_name("FILE")
      ->required();
  command.add_option("--key", arguments->set.key_file, "Its private key; may be the same file")
      ->type_name("FILE")
      ->required();
  command.add_option("--chain", arguments->set.chain_file, "Certificates of the issuers")
      ->type_name("FILE");
  command
      .add_option("--host", arguments->set.hosts,
                  "A name or address that clients connect to; may be repeated")
      ->type_name("NAME")
      ->repeatable();
  command.add_option("--at", arguments->at, "When, as 2027-01-31T00:00:00Z")->type_name("TIME");
}

void add_show_to(Commands& commands, Command& group) {
  const auto file = std::make_shared<std::string>();
  commands
      .add_to(group, "show", "Print what the certificates of a file say",
              [file](const CommonOptions& options) { return show(options, *file); })
      .add_option("file", *file, "PEM file")
      ->type_name("FILE")
      ->required();
}

}  // namespace

void add_certificate(Commands& commands) {
  Command& group = commands.add_group("certificate", "Check certificates and keys");
  add_check_to(commands, group);
  add_show_to(commands, group);
}

}  // namespace portcullis
