#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/certificate/certificate.h"
#include "cli/certificate/certificate_text.h"
#include "cli/certificate/installation_report.h"
#include "cli/certificate/passphrase.h"
#include "cli/certificate/pending_key.h"
#include "cli/diagnostic_json.h"
#include "cli/time_argument.h"
#include "tls/pem_set.h"
#include "tls/policy_certificate.h"

namespace portcullis {
namespace {

// The arguments, as typed.
struct ImportArguments {
  std::string name;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  std::optional<std::string> chain;
  std::optional<std::string> pkcs12;
  std::optional<std::string> passphrase_file;
  ApplyArguments apply;
  bool dry_run = false;
};

// What is to be installed, and the key file of a request that it came from.
struct Source {
  ReadSet read;
  std::optional<std::string> pending_key;
};

bool is_about_another_key(const ReadSet& read) {
  for (const CodeCount& kind : read.checked.found.by_code()) {
    if (kind.code == "key-mismatch") return true;
  }
  return false;
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

Found<Source> pem_source(const ImportArguments& arguments, const CertificateFiles& files, Time at) {
  CertificateSet set{*arguments.certificate, {}, arguments.chain, hosts_of(files)};
  const std::string pending = pending_key_of(files);
  if (arguments.key) {
    set.key_file = *arguments.key;
    return Source{read_pem_set(set, at), *arguments.key == pending ? arguments.key : std::nullopt};
  }
  // The key that was made for a request, or the one that was in use before.
  const bool is_pending = exists(pending);
  if (!is_pending && !exists(files.key.value)) {
    return tl::unexpected(failure(
        ExitCode::bad_data,
        fmt::format("there is neither {} nor {}: give --key FILE", pending, files.key.value)));
  }
  if (is_pending) {
    set.key_file = pending;
    ReadSet read = read_pem_set(set, at);
    if (!is_about_another_key(read) || !exists(files.key.value)) {
      return Source{std::move(read), pending};
    }
  }
  set.key_file = files.key.value;
  return Source{read_pem_set(set, at), std::nullopt};
}

Found<Source> pkcs12_source(const ImportArguments& arguments, const CertificateFiles& files,
                            Time at) {
  auto passphrase = arguments.passphrase_file ? passphrase_in(*arguments.passphrase_file)
                                              : ask_for_passphrase(*arguments.pkcs12);
  if (!passphrase) return tl::unexpected(std::move(passphrase.error()));
  return Source{read_pkcs12_set(*arguments.pkcs12, *passphrase, hosts_of(files), at), std::nullopt};
}

std::optional<Report> refused(const ImportArguments& arguments) {
  const bool pem = arguments.certificate || arguments.key || arguments.chain;
  if (arguments.pkcs12 && pem) {
    return failure(ExitCode::usage, "--pkcs12 holds certificate, key and chain: leave them out");
  }
  if (!arguments.pkcs12 && !arguments.certificate) {
    return failure(ExitCode::usage, "give --certificate FILE, or --pkcs12 FILE");
  }
  if (!arguments.pkcs12 && arguments.passphrase_file) {
    return failure(ExitCode::usage, "--passphrase-file is for --pkcs12");
  }
  return std::nullopt;
}

Report dry_run(const CommonOptions& options, const ImportArguments& arguments,
               const NamedCertificate& named, const CheckedCertificates& checked) {
  if (const auto found = check_place(named.files); found.has_errors()) {
    return not_installed(options, named, found);
  }
  if (!options.json) {
    return {ExitCode::ok, summary(arguments.name, checked) + "it could be installed\n",
            checked.found.format_all()};
  }
  Json json = findings_json(checked.found);
  json.update({{"name", arguments.name},
               {"installed", false},
               {"changed", false},
               {"certificates", to_json(checked.certificates)}});
  return {ExitCode::ok, json_text(json), {}};
}

Report import(const CommonOptions& options, const ImportArguments& arguments) {
  if (auto report = refused(arguments)) return *std::move(report);
  const auto named = find_certificate(options, arguments.name);
  if (!named) return named.error();
  const Time now = *time_asked_for(std::nullopt);
  auto source = arguments.pkcs12 ? pkcs12_source(arguments, named->files, now)
                                 : pem_source(arguments, named->files, now);
  if (!source) return source.error();
  const ReadSet& read = source->read;
  if (!read.set) {
    return not_installed(options, arguments.name, read.checked.found, ExitCode::bad_data);
  }
  if (arguments.dry_run) return dry_run(options, arguments, *named, read.checked);
  const auto done = install(*read.set, named->files);
  if (!done) return not_installed(options, *named, done.error());
  if (source->pending_key) ::unlink(source->pending_key->c_str());  // it is in its place now
  return installation_report(options, *named, *done, "installed", arguments.apply, now);
}

}  // namespace

void add_certificate_import(Commands& commands, Command& group) {
  const auto arguments = std::make_shared<ImportArguments>();
  Command& command = add_with_keys(
      commands, group, "import", "Check a certificate and put it where the policy says",
      [arguments](const CommonOptions& options) { return import(options, *arguments); });
  command.add_option("NAME", arguments->name, "A [certificate NAME] of the policy")
      ->type_name("")
      ->required();
  command.add_option("--certificate", arguments->certificate, "The server's certificate")
      ->type_name("FILE");
  command
      .add_option("--key", arguments->key,
                  "Its private key; default: that of the last request, or the one in use")
      ->type_name("FILE");
  command.add_option("--chain", arguments->chain, "Certificates of the issuers")->type_name("FILE");
  command.add_option("--pkcs12", arguments->pkcs12, "All of them in one file (.p12, .pfx)")
      ->type_name("FILE");
  command
      .add_option("--passphrase-file", arguments->passphrase_file,
                  "Its first line is the passphrase; default: ask on the terminal")
      ->type_name("FILE");
  command.add_flag("--dry-run", arguments->dry_run, "Check and change nothing");
  add_apply_options(command, arguments->apply);
}

}  // namespace portcullis
