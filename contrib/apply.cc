#include "contrib/apply.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "contrib/configuration_backup.h"
#include "contrib/endpoint_answers.h"
#include "contrib/log_line.h"

#include "editing/edit_lock.h"

namespace portcullis {
namespace {

constexpr int kLockPatience = 10'000;  // milliseconds
// What answers at once may be a process that has not heard of the change yet.
constexpr std::chrono::milliseconds kSettling{1000};
constexpr std::size_t kMostComplaints = 10;

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

// Postfix: a daemon that cannot read a value, or has no socket, says so and ends. Further on in a
// line a client may have put the word.
bool says_that_it_ended(const std::string& line) {
  const std::string_view said = message_of(line);
  return said.starts_with("fatal: ") || said.starts_with("panic: ");
}

// What people are shown of it.
std::vector<std::string> last_of(std::vector<std::string> lines) {
  const std::size_t excess = lines.size() - std::min(lines.size(), kMostComplaints);
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(excess));
  return lines;
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
    if (const Diagnostics wrong = look_at_mta(); wrong.has_errors()) return refuse(wrong);
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

  // What it is like before it is touched. Errors: it could not take the change.
  Diagnostics look_at_mta() {
    was_running_ = mta_.running();
    if (!was_running_) {
      result_.found.add_all(mta_.absence());
      return {};
    }
    if (Diagnostics obstacles = mta_.obstacles(); obstacles.has_errors()) return obstacles;
    complaints_before_ = mta_.complaints();
    std::ranges::sort(complaints_before_);
    answering_ = answering(mta_.endpoints(), options_.probe);
    return {};
  }

  void change(const ConfigurationBackup& backup) {
    const Step step = make();
    result_.log = last_of(new_complaints());
    if (!step) {
      failed(step.error());
      if (go_back(backup)) result_.outcome = ApplyOutcome::rolled_back;
      return;
    }
    result_.outcome = ApplyOutcome::applied;
    result_.reloaded = was_running_;
    finish(backup);
  }

  std::vector<std::string> new_complaints() const {
    std::vector<std::string> lines = mta_.complaints();
    std::erase_if(lines, [this](const std::string& line) {
      return std::ranges::binary_search(complaints_before_, line);
    });
    return lines;
  }

  Step make() {
    if (Step step = mta_.edit(); !step) return step;
    const Diagnostics lint = was_running_ ? for_running(mta_.lint()) : mta_.lint();
    if (lint.has_errors()) return tl::unexpected(lint);
    result_.found.add_all(lint);
    return was_running_ ? reload_and_ask() : Step();
  }

  Step reload_and_ask() {
    told_ = true;
    if (Step step = mta_.reload(); !step) return step;
    options_.wait(kSettling);
    const auto answers = wait_for_answers(mta_.endpoints(), options_);
    if (!answers) return tl::unexpected(answers.error());
    result_.found.add_all(*answers);
    const auto complaints = new_complaints();
    const auto fatal = std::ranges::find_if(complaints, says_that_it_ended);
    if (fatal == complaints.end()) return {};
    return tl::unexpected(diagnostics_of(
        options_.directory, {"makes a program of the MTA end itself: " + *fatal}, "log"));
  }

  // It may have ended by what it was told. After a kill nobody knows what answered before.
  Step tell_of_the_old() const {
    if (!told_ || (!was_running_ && !mta_.running())) return {};
    if (Step step = mta_.reload(); !step) return step;
    options_.wait(kSettling);
    if (wait_for_answers(answering_, options_)) return {};
    // Sendmail does not listen to a signal while it tries to get a port.
    if (Step step = mta_.restart(); !step) return step;
    options_.wait(kSettling);
    return wait_for_answers(answering_, options_).map([](const Diagnostics&) {});
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
    if (const Step step = tell_of_the_old(); !step) {
      failed(step.error());
      return false;
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
  bool was_running_ = false;
  std::vector<std::string> complaints_before_;  // sorted
  std::vector<MtaEndpoint> answering_;          // before the change, in the way that they did
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
