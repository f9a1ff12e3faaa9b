#include "cli/check.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/class_usage.h"
#include "cli/diagnostic_json.h"
#include "cli/json_text.h"
#include "cli/policy_source.h"
#include "cli/time_argument.h"
#include "contrib/postfix/services.h"
#include "contrib/sendmail/services.h"
#include "tls/policy_certificate.h"

#include "lint/lint.h"
#include "lint/unused_entries.h"

namespace portcullis {
namespace {

// What a policy that can be loaded holds.
struct Contents {
  std::size_t listeners = 0;
  std::size_t classes = 0;
  std::size_t entries = 0;
};

struct Checked {
  std::optional<Contents> contents;
  Diagnostics diagnostics;
};

// The arguments, as typed.
struct CheckArguments {
  bool strict = false;
  bool no_host = false;
  bool no_mta = false;
  std::optional<std::string> at;
  std::optional<std::string> unused;
  std::string postfix = "/etc/postfix";
  std::string sendmail = "/etc/mail/sendmail.cf";
};

// Of the two the one that is configured. Debian leaves sendmail.cf behind when Postfix replaces
// Sendmail, so Postfix is asked first.
std::vector<MtaService> mta_services(const CheckArguments& arguments) {
  if (arguments.no_mta || arguments.no_host) return {};
  if (auto postfix = read_postfix_services(arguments.postfix)) return *std::move(postfix);
  return read_sendmail_services(arguments.sendmail).value_or(std::vector<MtaService>{});
}

// What `portcullis generate` would refuse does not keep the daemon from running.
void add_as_warnings(const Diagnostics& others, Diagnostics& found) {
  for (Diagnostic& diagnostic : others.sorted()) {
    if (diagnostic.severity == Severity::error) diagnostic.severity = Severity::warning;
    found.add(std::move(diagnostic));
  }
}

// What the policy says of the MTA's own configuration, and of certificates.
void check_delivery(const MtaSettings& settings, bool look_at_files, Time now, Diagnostics& found) {
  if (settings.says_anything()) add_as_warnings(find_undeliverable(settings), found);
  if (!look_at_files) return;
  for (const CertificateFiles& files : settings.certificates) {
    add_as_warnings(check_policy_certificate(files, settings.policy_file, now).found, found);
  }
}

// --unused: how long an entry must have decided nothing.
using Age = std::optional<std::chrono::seconds>;

Found<Age> age_asked_for(const std::optional<std::string>& text) {
  if (!text) return Age();
  return duration_asked_for(*text).map([](std::chrono::seconds age) { return Age(age); });
}

// The entries that nobody has needed, as the daemon has counted.
Found<Diagnostics> check_use(const std::string& path, const LoadedPolicy& loaded, const Age& age,
                             Time now) {
  if (!age) return Diagnostics();
  const auto usage = ask_class_usage(path, *loaded.policy, *age, now);
  if (!usage) return tl::unexpected(usage.error());
  return find_unused_entries({path, loaded, *usage, now, *age});
}

Found<Checked> check_policy(const std::string& path, const CheckArguments& arguments, Time now,
                            const Age& age) {
  auto loaded = load_policy(path, {}, {.keep_repeated = true});
  if (!loaded) return Checked{std::nullopt, std::move(loaded.error())};
  auto use = check_use(path, *loaded, age, now);
  if (!use) return tl::unexpected(std::move(use.error()));
  const Policy& policy = *loaded->policy;
  const Contents contents{policy.listeners().size(), policy.classes().size(), policy.entry_count()};
  Diagnostics found = loaded->diagnostics;
  HostAddresses host = arguments.no_host ? HostAddresses{} : host_addresses();
  check_delivery(loaded->mta, !arguments.no_host, now, found);
  found.add_all(lint({path, *loaded, std::move(host), mta_services(arguments), now}));
  found.add_all(*std::move(use));
  return Checked{contents, std::move(found)};
}

std::string counted(std::size_t count, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular : plural);
}

// ", 3 warnings: 2 duplicate-entry, 1 host-bits".
std::string counted_by_code(const Diagnostics& found, Severity severity, std::size_t count) {
  if (count == 0) return {};
  const std::string word(to_string(severity));
  std::string text = ", " + counted(count, word, word + 's');
  const char* separator = ": ";
  for (const CodeCount& kind : found.by_code()) {
    if (kind.severity != severity) continue;
    text += fmt::format("{}{} {}", std::exchange(separator, ", "), kind.count, kind.code);
  }
  return text;
}

std::string summary(const std::string& path, const Checked& checked) {
  const Diagnostics& found = checked.diagnostics;
  std::string text = shown(path) + ": ";
  if (checked.contents) {
    text += counted(checked.contents->listeners, "listener", "listeners") + ", " +
            counted(checked.contents->classes, "class", "classes") + ", " +
            counted(checked.contents->entries, "entry", "entries");
  } else {
    text += counted(found.errors(), "error", "errors");
  }
  text += counted_by_code(found, Severity::warning, found.warnings());
  text += counted_by_code(found, Severity::note, found.notes());
  return text + '\n';
}

// The counts are null for a policy with errors: nobody knows what it was to hold.
Json to_json(const Checked& checked, bool ok) {
  Json json = {{"ok", ok},
               {"errors", checked.diagnostics.errors()},
               {"warnings", checked.diagnostics.warnings()},
               {"diagnostics", diagnostics_json(checked.diagnostics)},
               {"listeners", nullptr},
               {"classes", nullptr},
               {"entries", nullptr},
               {"notes", checked.diagnostics.notes()},
               {"codes", codes_json(checked.diagnostics)}};
  if (checked.contents) {
    json["listeners"] = checked.contents->listeners;
    json["classes"] = checked.contents->classes;
    json["entries"] = checked.contents->entries;
  }
  return json;
}

ExitCode exit_code(const std::string& path, const Checked& checked, bool strict) {
  if (!checked.contents) return exit_code_of_bad_policy(path);
  const bool fails = strict && checked.diagnostics.warnings() > 0;
  return fails ? ExitCode::bad_policy : ExitCode::ok;
}

Report check(const CommonOptions& options, const CheckArguments& arguments) {
  const auto now = time_asked_for(arguments.at);
  if (!now) return now.error();
  const auto age = age_asked_for(arguments.unused);
  if (!age) return age.error();
  const auto checked = check_policy(options.policy_file, arguments, *now, *age);
  if (!checked) return checked.error();
  const ExitCode code = exit_code(options.policy_file, *checked, arguments.strict);
  if (options.json) return {code, json_text(to_json(*checked, code == ExitCode::ok)), {}};
  return {code, summary(options.policy_file, *checked), checked->diagnostics.format_all()};
}

}  // namespace

void add_check(Commands& commands) {
  const auto arguments = std::make_shared<CheckArguments>();
  Command& command = commands.add(
      "check", "Say everything that is wrong with the policy and its lists",
      [arguments](const CommonOptions& options) { return check(options, *arguments); });
  command.add_flag("--strict", arguments->strict, "Fail on warnings too");
  CommandOption* const at =
      command.add_option("--at", arguments->at, "When entries expire, as 2027-01-31T00:00:00Z")
          ->type_name("TIME");
  command.add_flag("--no-host", arguments->no_host,
                   "The policy is for another host: look neither at this one nor at its MTA");
  command.add_flag("--no-mta", arguments->no_mta, "Do not look at the configuration of the MTA");
  command.add_option("--postfix", arguments->postfix, "Configuration directory of Postfix")
      ->type_name("DIRECTORY")
      ->capture_default_str();
  command.add_option("--sendmail", arguments->sendmail, "Configuration file of Sendmail")
      ->type_name("FILE")
      ->capture_default_str();
  command
      .add_option("--unused", arguments->unused,
                  "Also entries that have decided nothing for so long, as 90d: asks the daemon")
      ->type_name("DURATION")
      ->excludes(at);
}

}  // namespace portcullis
