#include "contrib/postfix/postfix_configuration.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "contrib/named_files.h"
#include "contrib/postfix/generated_files.h"
#include "contrib/postfix/postfix_changes.h"
#include "contrib/postfix/postfix_edit.h"
#include "contrib/postfix/postfix_lint.h"
#include "contrib/postfix/postfix_plan.h"
#include "contrib/postfix/services.h"
#include "contrib/taken_ports.h"
#include "policy/printable.h"

#include "host/program_run.h"

namespace portcullis {
namespace {

constexpr PostfixVersion kOldest{2, 11};  // postconf -F and -P

Diagnostics errors_of(const Diagnostics& found) {
  Diagnostics errors;
  for (const Diagnostic& d : found.sorted()) {
    if (d.severity == Severity::error) errors.add(d);
  }
  return errors;
}

class PostfixConfiguration : public MtaConfiguration {
 public:
  PostfixConfiguration(const MtaSettings& settings, const PostfixTarget& target)
      : settings_(settings),
        // With a relative one postfix(1) fails without a word.
        directory_(std::filesystem::absolute(target.config_dir).lexically_normal()) {
    if (directory_.size() > 1 && directory_.ends_with('/')) directory_.pop_back();
    find_version(target);
    learn();
    // A plan for another Postfix than the one that is there would have faults of its own.
    if (findings_.has_errors()) return;
    plan_ = make_postfix_plan(settings_, facts_);
    findings_.add_all(plan_.findings);
  }

  const Diagnostics& findings() const override { return findings_; }

  std::vector<GeneratedFile> files() const override {
    if (findings_.has_errors()) return {};
    return generated_files(settings_, plan_);
  }

  tl::expected<std::vector<MtaChange>, Diagnostics> changes() const override {
    const auto found = find();
    if (!found) return tl::unexpected(found.error());
    return describe(found->steps);
  }

  // By the record as it is now: another application, or the way back from one that was cut short,
  // may have replaced the one that was there when this object was made.
  std::vector<std::string> edited_files() const override {
    std::vector<std::string> names = {"main.cf", "master.cf"};
    const auto add = [&](const std::string& name) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    };
    const auto now = read_postfix_facts(directory_, version_);
    const PostfixFacts& facts = now ? *now : facts_;
    for (const GeneratedFile& file : make_postfix_plan(settings_, facts).files) add(file.name);
    for (const auto& [cell, applied] : facts.applied.cells) add(cell.file);
    add(kAppliedRecord);
    for (std::string& name : names) name = directory_ + '/' + name;
    return names;
  }

  tl::expected<void, Diagnostics> edit() const override {
    const auto found = find();
    if (!found) return tl::unexpected(found.error());
    restart_ =
        restart_ || std::ranges::any_of(found->steps, [](const PostfixStep& step) {
          return step.cell.setting == "inet_interfaces" || step.cell.setting == "inet_protocols";
        });
    return make_changes(directory_, *found);
  }

  // Maps of type texthash and regexp are read as they are.
  tl::expected<void, Diagnostics> rebuild() const override { return {}; }

  Diagnostics lint() const override {
    Diagnostics found = check_named_files(settings_);
    found.add_all(check_milter_socket(settings_));
    found.add_all(ask_postfix_tools(directory_, plan_));
    return found;
  }

  bool running() const override {
    const auto run = run_program({"postfix", "-c", directory_, "status"});
    return run && run->succeeded();
  }

  Diagnostics obstacles() const override {
    return find_taken_ports(settings_,
                            read_postfix_services(directory_).value_or(std::vector<MtaService>{}));
  }

  tl::expected<void, Diagnostics> reload() const override {
    // master(8) ends itself when it cannot listen where it is told to.
    if (!running()) return is_service_of_systemd() ? restart_by_systemd() : tell("start");
    if (!restart_) return tell("reload");
    // master(8) keeps the interfaces that it was started with.
    return restart();
  }

  tl::expected<void, Diagnostics> restart() const override {
    if (is_service_of_systemd()) return restart_by_systemd();
    if (running()) {
      if (auto stopped = tell("stop"); !stopped) return stopped;
    }
    return tell("start");
  }

  Diagnostics absence() const override {
    Diagnostics found;
    const auto record = read_config_file(facts_.queue_directory + "/pid/master.pid");
    if (!record || running()) return found;
    const std::string pid =
        record->substr(std::min(record->find_first_not_of(' '), record->size()));
    found.note(directory_, 0, {},
               fmt::format("is not in use: Postfix (process {}) has ended",
                           printable(pid.substr(0, pid.find('\n')), 20)),
               "see its log for why, and start it: postfix start", "has-ended");
    return found;
  }

  std::vector<MtaEndpoint> endpoints() const override {
    std::vector<MtaEndpoint> all;
    for (const ListenerDelivery& l : settings_.listeners) {
      for (const std::string& address : reachable_addresses(l.listener.addresses)) {
        const bool starttls = l.tls && l.tls->value != ListenerTls::off;
        all.push_back({l.listener.name, address, l.listener.port, false, starttls});
        if (!l.listener.implicit_tls_port) continue;
        all.push_back({l.listener.name, address, *l.listener.implicit_tls_port, true, false});
      }
    }
    return all;
  }

  std::vector<std::string> complaints() const override { return postfix_complaints(directory_); }

 private:
  void find_version(const PostfixTarget& target) {
    if (!target.version) return;
    version_ = PostfixVersion::parse(*target.version);
    if (!version_) {
      findings_.error(directory_, 0, printable(*target.version, 40), "is no version of Postfix",
                      "write it like 3.7", "bad-version");
    }
  }

  void learn() {
    facts_ = debian_postfix();
    if (version_) facts_.version = *version_;
    present_ = std::filesystem::exists(directory_ + "/main.cf");
    if (present_) {
      auto read = read_postfix_facts(directory_, version_);
      if (read) facts_ = *std::move(read);
      if (!read) findings_.add_all(read.error());
    }
    if (facts_.version < kOldest) {
      findings_.error(directory_, 0, facts_.version.to_string(), "is older than Postfix 2.11",
                      "upgrade Postfix", "bad-version");
    }
  }

  // Nothing is changed for a policy with an error, nor with a certificate that no client would
  // take.
  tl::expected<PostfixChanges, Diagnostics> find() const {
    Diagnostics errors;
    if (!present_) {
      errors.error(directory_, 0, "main.cf", "is not there", "name the directory of a Postfix",
                   "no-configuration");
    }
    errors.add_all(errors_of(findings_));
    errors.add_all(errors_of(check_named_files(settings_)));
    if (errors.has_errors()) return tl::unexpected(std::move(errors));
    auto now = read_postfix_facts(directory_, version_);
    if (!now) return tl::unexpected(now.error());
    const PostfixPlan plan = make_postfix_plan(settings_, *now);
    // The directory may have changed since findings() were made.
    if (plan.findings.has_errors()) return tl::unexpected(errors_of(plan.findings));
    return find_changes(plan, *now, [&](const std::string& name) {
      return read_config_file(directory_ + '/' + name);
    });
  }

  std::vector<std::string> reachable_addresses(const ListenAddresses& addresses) const {
    if (addresses.kind == ListenAddresses::Kind::all) return {"127.0.0.1"};
    if (addresses.kind == ListenAddresses::Kind::loopback) {
      return facts_.ipv6_loopback ? std::vector<std::string>{"127.0.0.1", "::1"}
                                  : std::vector<std::string>{"127.0.0.1"};
    }
    std::vector<std::string> all;
    for (const IpAddress address : addresses.chosen) all.push_back(address.to_string());
    return all;
  }

  bool is_service_of_systemd() const {
    return directory_ == "/etc/postfix" && std::filesystem::exists("/run/systemd/system");
  }

  tl::expected<void, Diagnostics> restart_by_systemd() const {
    return run({"systemctl", "restart", "postfix"});
  }

  tl::expected<void, Diagnostics> tell(const std::string& word) const {
    return run({"postfix", "-c", directory_, word});
  }

  tl::expected<void, Diagnostics> run(const std::vector<std::string>& command) const {
    const auto run = run_program(command);
    if (run && run->succeeded()) return {};
    Diagnostics problems;
    problems.error(directory_, 0, command.front() + ' ' + command.back(),
                   run ? "fails: " + printable(run->errors, 400) : "cannot be run", {},
                   "reload-failed");
    return tl::unexpected(std::move(problems));
  }

  MtaSettings settings_;
  std::string directory_;
  std::optional<PostfixVersion> version_;
  PostfixFacts facts_;
  bool present_ = false;
  PostfixPlan plan_;
  Diagnostics findings_;
  mutable bool restart_ = false;  // the interfaces were changed, and perhaps changed back
};

}  // namespace

std::unique_ptr<MtaConfiguration> make_postfix_configuration(const MtaSettings& settings,
                                                             const PostfixTarget& target) {
  return std::make_unique<PostfixConfiguration>(settings, target);
}

}  // namespace portcullis
