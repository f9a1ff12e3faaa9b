#include "contrib/apply.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "contrib/configuration_backup.h"

#include "editing/edit_lock.h"

namespace portcullis {
namespace {

constexpr int kLockPatience = 10'000;  // milliseconds
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{800};

using Step = tl::expected<void, Diagnostics>;

Diagnostics diagnostics_of(const std::string& file, const Problem& problem, std::string_view code) {
  Diagnostics found;
  found.error(file, 0, {}, problem.reason, problem.repair, code);
  return found;
}

// An MTA that runs would make every client try later while no milter answers: what is only worth a
// warning before the first start is an error then.
Diagnostics for_running(const Diagnostics& lint) {
  Diagnostics found;
  for (Diagnostic& diagnostic : lint.sorted()) {
    if (diagnostic.code == kMilterAway) diagnostic.severity = Severity::error;
    found.add(std::move(diagnostic));
  }
  return found;
}

class Application {
 public:
  Application(const MtaConfiguration& mta, const ApplyOptions& options)
      : mta_(mta), options_(options) {}

  ApplyResult run() && {
    if (mta_.findings().has_errors()) return refuse(mta_.findings());
    const auto lock = EditLock::take(options_.directory + "/portcullis.backup", kLockPatience);
    if (!lock) return refuse(lock.error(), "locked");
    if (!recover()) return std::move(result_);
    auto changes = mta_.changes();
    if (!changes) return refuse(changes.error());
    if (changes->empty()) {
      result_.outcome = ApplyOutcome::unchanged;
      return std::move(result_);
    }
    result_.changes = *std::move(changes);
    const auto backup =
        ConfigurationBackup::make(options_.directory, mta_.edited_files(), options_.name);
    if (!backup) return refuse(backup.error(), "no-backup");
    result_.backup = backup->path();
    change(*backup);
    return std::move(result_);
  }

 private:
  ApplyResult refuse(const Problem& problem, std::string_view code) {
    return refuse(diagnostics_of(options_.directory, problem, code));
  }
  ApplyResult refuse(const Diagnostics& why) {
    result_.found.add_all(why);
    return std::move(result_);
  }

  void failed(const Diagnostics& why) { result_.found.add_all(why); }

  // Takes back what a killed run has left. False if that cannot be done.
  bool recover() {
    const auto unfinished = ConfigurationBackup::unfinished(options_.directory);
    if (!unfinished) {
      failed(diagnostics_of(options_.directory, unfinished.error(), "unfinished"));
      result_.outcome = ApplyOutcome::rollback_failed;
      return false;
    }
    for (const ConfigurationBackup& backup : *unfinished) {
      result_.found.note(options_.directory, 0, {},
                         "held a change that had been cut short; it was taken back first", {},
                         "unfinished");
      result_.recovered = true;
      told_ = true;  // for all that is known
      if (!go_back(backup)) return false;
    }
    result_.outcome = ApplyOutcome::refused;
    told_ = false;
    return true;
  }

  void change(const ConfigurationBackup& backup) {
    const bool running = mta_.running();
    if (const Step step = make(running); !step) {
      failed(step.error());
      result_.log = mta_.complaints();
      if (go_back(backup)) result_.outcome = ApplyOutcome::rolled_back;
      return;
    }
    result_.outcome = ApplyOutcome::applied;
    result_.reloaded = running;
    finish(backup);
  }

  Step make(bool running) {
    if (Step step = mta_.edit(); !step) return step;
    const Diagnostics lint = running ? for_running(mta_.lint()) : mta_.lint();
    if (lint.has_errors()) return tl::unexpected(lint);
    result_.found.add_all(lint);
    return running ? reload_and_ask() : Step();
  }

  Step reload_and_ask() {
    told_ = true;
    if (Step step = mta_.reload(); !step) return step;
    Diagnostics silent;
    auto left = options_.patience;
    for (const MtaEndpoint& endpoint : mta_.endpoints()) {
      const auto answer = ask(endpoint, left);
      if (answer) continue;
      silent.error(
          options_.directory, 0, fmt::format("{} port {}", endpoint.address, endpoint.port),
          fmt::format("of listener {} does not work: {}", endpoint.listener, answer.error()), {},
          "no-answer");
    }
    if (silent.has_errors()) return tl::unexpected(std::move(silent));
    return {};
  }

  // Again and again: an MTA takes a while to take over. `left` is for all endpoints together, but
  // each is asked once at least.
  tl::expected<void, std::string> ask(const MtaEndpoint& endpoint,
                                      std::chrono::milliseconds& left) const {
    auto pause = kFirstPause;
    auto answer = options_.probe(endpoint);
    while (!answer && left.count() > 0) {
      options_.wait(pause);
      left -= pause;
      pause = std::min(pause * 2, kLongestPause);
      answer = options_.probe(endpoint);
    }
    return answer;
  }

  // True if everything is as it was before the backup was made, and the MTA runs on it.
  bool go_back(const ConfigurationBackup& backup) {
    result_.outcome = ApplyOutcome::rollback_failed;
    if (const auto back = backup.put_back(); !back) {
      failed(diagnostics_of(options_.directory, back.error(), "rollback"));
      return false;
    }
    if (const Step step = mta_.rebuild(); !step) {
      failed(step.error());
      return false;
    }
    // What its endpoints were before nobody knows here; that it takes its old files is asked of it.
    if (told_ && mta_.running()) {
      if (const Step step = mta_.reload(); !step) {
        failed(step.error());
        return false;
      }
    }
    result_.outcome = ApplyOutcome::rolled_back;
    finish(backup);
    return true;
  }

  void finish(const ConfigurationBackup& backup) {
    if (const auto done = backup.finish(); !done) {
      result_.found.warning(options_.directory, 0, {}, done.error().reason, {}, "backup");
    }
  }

  const MtaConfiguration& mta_;
  const ApplyOptions& options_;
  ApplyResult result_;
  bool told_ = false;  // the MTA may run on the files that are being taken back
};

}  // namespace

std::string_view to_string(ApplyOutcome outcome) {
  switch (outcome) {
    case ApplyOutcome::unchanged:
      return "unchanged";
    case ApplyOutcome::applied:
      return "applied";
    case ApplyOutcome::refused:
      return "refused";
    case ApplyOutcome::rolled_back:
      return "rolled-back";
    case ApplyOutcome::rollback_failed:
      return "rollback-failed";
  }
  return "?";
}

ApplyResult apply_configuration(const MtaConfiguration& mta, const ApplyOptions& options) {
  return Application(mta, options).run();
}

}  // namespace portcullis
