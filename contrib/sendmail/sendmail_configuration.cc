#include "contrib/sendmail/sendmail_configuration.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "contrib/named_files.h"
#include "contrib/sendmail/applied_files.h"
#include "contrib/sendmail/built_cf.h"
#include "contrib/sendmail/complaints.h"
#include "contrib/sendmail/configuration_files.h"
#include "contrib/sendmail/draft.h"
#include "contrib/sendmail/ldap_password.h"
#include "contrib/sendmail/planned_files.h"
#include "contrib/sendmail/sasl_files.h"
#include "contrib/sendmail/sendmail_plan.h"
#include "contrib/sendmail/sendmail_process.h"
#include "contrib/sendmail/services.h"
#include "contrib/taken_ports.h"

#include "host/host_addresses.h"

namespace portcullis {
namespace sendmail {
namespace {

using Done = tl::expected<void, Diagnostics>;

Done failure(const Diagnostic& diagnostic) {
  Diagnostics found;
  found.add(diagnostic);
  return tl::unexpected(std::move(found));
}

std::vector<std::string> addresses_to_ask(const ListenAddresses& addresses) {
  if (addresses.kind != ListenAddresses::Kind::chosen) {
    std::vector<std::string> loopback = {"127.0.0.1"};
    if (has_ipv6_loopback()) loopback.emplace_back("::1");
    return loopback;
  }
  std::vector<std::string> all;
  for (const IpAddress& address : addresses.chosen) all.push_back(address.to_string());
  return all;
}

// Of the macros that sendmail.cf is built with: "DZ8.17.1.9" in their version.m4.
std::optional<std::string> installed_version(const SendmailTarget& target) {
  const auto text = read_if_there(target.cf_dir + "/m4/version.m4");
  const std::size_t at = text ? text->find("\nDZ") : std::string::npos;
  if (at == std::string::npos) return {};
  constexpr std::size_t kMark = 3;
  return text->substr(at + kMark, text->find_first_not_of("0123456789.", at + kMark) - at - kMark);
}

class SendmailConfiguration final : public MtaConfiguration {
 public:
  SendmailConfiguration(const MtaSettings& settings, const SendmailTarget& target)
      : settings_(settings), target_(target) {
    if (!target_.version) target_.version = installed_version(target_);
    Draft draft = drafted(settings_, target_);
    statements_ = std::move(draft.statements);
    findings_ = std::move(draft.found);
  }

  const Diagnostics& findings() const override { return findings_; }

  std::vector<GeneratedFile> files() const override {
    const auto password = ldap_password(settings_);
    return plan_sendmail(settings_, target_, password.value_or(std::nullopt)).files;
  }

  std::vector<GeneratedFile> built_files(const std::string& directory,
                                         Diagnostics& found) const override {
    if (const auto password = ldap_password(settings_); !password) {
      Diagnostic warning = password.error();
      warning.severity = Severity::warning;
      warning.reason += ", so that saslauthd.conf was written without the password";
      found.add(std::move(warning));
    }
    const auto text = build_generated_cf(target_, files(), directory);
    if (text) return {{"sendmail.cf", *text, false}};
    found.add_all(text.error());
    return {};
  }

  tl::expected<std::vector<MtaChange>, Diagnostics> changes() const override {
    const auto plan = planned();
    if (!plan) return tl::unexpected(plan.error());
    std::vector<MtaChange> changes;
    for (const PlannedFile& file : *plan) {
      const auto more = changes_of(file, statements_);
      changes.insert(changes.end(), more.begin(), more.end());
    }
    if (changes.empty() && !cf_is_up_to_date()) {
      changes.push_back({"sendmail.cf", "text", {}, "built of sendmail.mc", 0});
    }
    return changes;
  }

  std::vector<std::string> edited_files() const override {
    std::vector<std::string> files = {cf_file(), own("portcullis.m4"), own("portcullis-ca.pem"),
                                      own("portcullis.applied"), own("sendmail.mc")};
    for (const std::string& file : source_files(target_)) {
      if (std::ranges::count(files, file) == 0) files.push_back(file);
    }
    files.push_back(target_.sasl_dir + "/Sendmail.conf");
    files.push_back(target_.saslauthd_conf);
    return files;
  }

  Done edit() const override {
    const auto plan = planned();
    if (!plan) return tl::unexpected(plan.error());
    const bool changes =
        std::ranges::any_of(*plan, [](const PlannedFile& file) { return file.changes(); });
    if (!changes && cf_is_up_to_date()) return {};
    if (const auto recorded = record(*plan); !recorded) return recorded;
    for (const PlannedFile& file : *plan) {
      if (!file.changes()) continue;
      const auto written = write(file);
      if (!written) return failure(written.error());
    }
    return rebuild_cf(target_);
  }

  // sendmail.cf is one of the files of the backup, and what is built of sendmail.mc may be another.
  Done rebuild() const override { return {}; }

  Diagnostics lint() const override {
    Diagnostics found;
    const auto built = build_sendmail_cf(target_, own("sendmail.mc"));
    if (!built) found.add_all(built.error());
    found.add_all(ask_sendmail(target_, cf_file(), cf_file()));
    found.add_all(check_named_files(settings_));
    found.add_all(check_milter_socket(settings_));
    return found;
  }

  bool running() const override { return daemon_of(cf_file()).has_value(); }

  Diagnostics obstacles() const override {
    return find_taken_ports(settings_,
                            read_sendmail_services(cf_file()).value_or(std::vector<MtaService>{}));
  }

  Done reload() const override {
    if (tell_daemon(cf_file())) return {};
    return start_daemon(target_);
  }

  Done restart() const override {
    if (end_daemon(cf_file())) return start_daemon(target_);
    return failure({Severity::error,
                    cf_file(),
                    0,
                    {},
                    "belongs to a Sendmail that does not end",
                    "kill it, and start it: systemctl start sendmail",
                    "not-running"});
  }

  Diagnostics absence() const override {
    Diagnostics found;
    if (const auto last = recorded_daemon(cf_file()); last && !running()) {
      found.note(cf_file(), 0, {},
                 fmt::format("is not in use: Sendmail (process {}) has ended", *last),
                 "see the mail log for why, and start it: systemctl start sendmail", "has-ended");
    }
    return found;
  }

  std::vector<MtaEndpoint> endpoints() const override {
    std::vector<MtaEndpoint> all;
    for (const ListenerDelivery& delivery : settings_.listeners) {
      const Listener& listener = delivery.listener;
      const bool starttls = delivery.tls && delivery.tls->value != ListenerTls::off;
      for (const std::string& address : addresses_to_ask(listener.addresses)) {
        all.push_back({listener.name, address, listener.port, false, starttls});
        if (!listener.implicit_tls_port) continue;
        all.push_back({listener.name, address, *listener.implicit_tls_port, true, false});
      }
    }
    return all;
  }

  std::vector<std::string> complaints() const override { return complaints_in(target_.mail_log); }

 private:
  static tl::expected<void, Diagnostic> write(const PlannedFile& file) {
    if (!file.after) return remove_file(file.path);
    return file.secret ? put_secret_file(file.path, *file.after)
                       : put_file(file.path, *file.after, kPublicFile);
  }

  std::string own(const std::string& name) const { return target_.config_dir + "/" + name; }
  std::string cf_file() const { return own("sendmail.cf"); }

  tl::expected<std::vector<PlannedFile>, Diagnostics> planned() const {
    if (findings_.has_errors()) return tl::unexpected(findings_);
    const Diagnostics named = check_named_files(settings_);
    if (named.has_errors()) return tl::unexpected(named);
    return plan_files(settings_, target_, statements_);
  }

  // Built after its sources were written.
  bool cf_is_up_to_date() const {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto built = fs::last_write_time(cf_file(), error);
    if (error) return false;
    auto sources = source_files(target_);
    sources.push_back(own("portcullis.m4"));
    return std::ranges::all_of(sources, [&](const std::string& source) {
      std::error_code missing;
      return fs::last_write_time(source, missing) <= built || missing;
    });
  }

  // What the files of SASL were before they became ours.
  Done record(const std::vector<PlannedFile>& plan) const {
    const std::string path = own("portcullis.applied");
    auto recorded = read_applied_files(path).value_or(AppliedFiles{});
    for (const PlannedFile& file : plan) {
      if (file.kind != PlannedFile::Kind::sasl) continue;
      if (is_wanted(file.path)) {
        recorded.try_emplace(file.path, file.before);
      } else {
        recorded.erase(file.path);
      }
    }
    const auto written = put_secret_file(path, to_json(recorded));
    return written ? Done{} : failure(written.error());
  }

  bool is_wanted(const std::string& path) const {
    const auto wanted = sasl_files(settings_, target_, {});
    return std::ranges::find(wanted, path, &SaslFile::path) != wanted.end();
  }

  MtaSettings settings_;
  SendmailTarget target_;
  std::vector<Statement> statements_;
  Diagnostics findings_;
};

}  // namespace
}  // namespace sendmail

std::unique_ptr<MtaConfiguration> make_sendmail_configuration(const MtaSettings& settings,
                                                              const SendmailTarget& target) {
  return std::make_unique<sendmail::SendmailConfiguration>(settings, target);
}

}  // namespace portcullis
