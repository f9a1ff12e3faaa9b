#include "milter/reload.h"

#include <exception>
#include <utility>

#include <malloc.h>

#include "milter/debug_lines.h"
#include "milter/diagnostic_lines.h"
#include "milter/reload_priority.h"

namespace portcullis {
namespace {

// How often the replaced policies are looked at while sessions still hold them.
constexpr std::chrono::seconds kFreeInterval{1};

// A line of the log waits for LineQueue::kRest at most, if the log is written at all.
constexpr std::chrono::seconds kLogStandsStill{1};

}  // namespace

std::shared_ptr<const ActivePolicy> activate(LoadedPolicy loaded, ConnectionTable& connections,
                                             std::uint64_t generation) {
  auto active = std::make_shared<ActivePolicy>();
  active->gauges = bind_gauges(*loaded.policy, connections);
  active->hits = std::make_unique<HitCounters>(loaded.policy->index_count());
  active->policy = std::move(loaded.policy);
  active->lists = std::move(loaded.lists);
  active->generation = generation;
  active->loaded = std::chrono::steady_clock::now();
  return active;
}

std::vector<std::string> changed_keys(const DaemonSettings& before, const DaemonSettings& after) {
  std::vector<std::string> changed;
  const auto compare = [&](const char* key, const auto& member) {
    if (before.*member != after.*member) changed.emplace_back(key);
  };
  compare("daemon.socket", &DaemonSettings::socket);
  compare("daemon.socket_mode", &DaemonSettings::socket_mode);
  compare("daemon.socket_group", &DaemonSettings::socket_group);
  compare("daemon.control_socket", &DaemonSettings::control_socket);
  compare("daemon.user", &DaemonSettings::user);
  compare("daemon.state_dir", &DaemonSettings::state_dir);
  compare("daemon.max_sessions", &DaemonSettings::max_sessions);
  compare("daemon.on_internal_error", &DaemonSettings::on_internal_error);
  compare("daemon.log", &DaemonSettings::log);
  compare("daemon.drain_timeout", &DaemonSettings::drain_timeout);
  // A key that was added to the settings and forgotten here must not pass in silence.
  if (changed.empty() && before != after) changed.emplace_back("daemon");
  return changed;
}

Reloader::Reloader(DaemonContext& daemon, DaemonSettings at_start)
    : daemon_(daemon),
      at_start_(std::move(at_start)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Reloader::request(bool forced, ReloadCompletion done) {
  {
    const std::lock_guard lock(mutex_);
    if (!pending_) pending_.emplace();
    pending_->reload = true;
    pending_->forced |= forced;
    if (done) pending_->waiting.push_back(std::move(done));
  }
  changed_.notify_one();
}

void Reloader::request_dry_run(DryRunCompletion done) {
  {
    const std::lock_guard lock(mutex_);
    if (!pending_) pending_.emplace();
    pending_->dry_runs.push_back(std::move(done));
  }
  changed_.notify_one();
}

void Reloader::run(const std::stop_token& stop) {
  give_way_to_sessions();
  while (!stop.stop_requested()) {
    const auto request = next_request(stop);
    free_unused();
    if (!request) continue;
    if (!request->dry_runs.empty()) answer_dry_runs(request->dry_runs);
    if (request->reload) answer_reload(*request);
  }
}

void Reloader::answer_dry_runs(const std::vector<DryRunCompletion>& waiting) {
  const auto active = daemon_.policy.current();
  DryRun result;
  try {
    result = dry_run(*active, daemon_.policy_file, at_start_);
  } catch (const std::exception& error) {  // out of memory
    result = {};
    result.generation = active->generation;
    result.diagnostics.emplace_back(error.what());
  }
  for (const DryRunCompletion& done : waiting) done(result);
  ::malloc_trim(0);  // what the other policy was made from and in
}

void Reloader::answer_reload(const ReloadRequest& request) {
  ReloadResult result;
  try {
    result = reload(request.forced);
  } catch (const std::exception& error) {  // out of memory: what was read is gone again
    result = {};
    result.generation = daemon_.policy.current()->generation;
    result.diagnostics.emplace_back(error.what());
  }
  report(result);
  for (const ReloadCompletion& done : request.waiting) done(result);
}

std::optional<ReloadRequest> Reloader::next_request(const std::stop_token& stop) {
  const bool holds_replaced = daemon_.succession.holds_replaced();
  std::unique_lock lock(mutex_);
  const auto requested = [this] { return pending_.has_value(); };
  if (holds_replaced) {
    changed_.wait_for(lock, stop, kFreeInterval, requested);
  } else {
    changed_.wait(lock, stop, requested);
  }
  return std::exchange(pending_, std::nullopt);
}

ReloadResult Reloader::reload(bool forced) {
  const auto before = daemon_.policy.current();
  ReloadResult result;
  result.generation = before->generation;
  auto loaded = load_policy(daemon_.policy_file);
  if (!loaded) {
    result.diagnostics = diagnostic_lines(loaded.error());
    return result;
  }
  const Diagnostics shrunk = compare_lists(before->lists, loaded->lists);
  if (shrunk.has_errors() && !forced) {
    result.diagnostics = diagnostic_lines(shrunk);
    return result;
  }
  for (const ListFileSummary& list : loaded->lists) {
    daemon_.log.debug([&] { return list_line(list, before->lists); });
  }
  publish(std::move(*loaded), result);
  return result;
}

void Reloader::publish(LoadedPolicy loaded, ReloadResult& result) {
  result.diagnostics = diagnostic_lines(loaded.diagnostics);
  result.restart_needed = changed_keys(at_start_, loaded.daemon);
  auto next = activate(std::move(loaded), daemon_.connections, result.generation + 1);
  daemon_.succession.publish(std::move(next));
  ++result.generation;
  result.ok = true;
}

void Reloader::report(const ReloadResult& result) {
  count(result.ok ? daemon_.counters.reloads_ok : daemon_.counters.reloads_failed);
  const std::string generation = std::to_string(result.generation);
  for (const std::string& line : result.diagnostics) {
    result.ok ? daemon_.log.warning(line) : daemon_.log.error(line);
  }
  for (const std::string& key : result.restart_needed) {
    daemon_.log.warning(key + " has changed: restart needed, the old value stays in force");
  }
  if (result.ok) {
    daemon_.log.info("policy reloaded: generation " + generation);
  } else {
    daemon_.log.error("policy not reloaded: generation " + generation + " stays in force");
  }
}

void Reloader::free_unused() {
  // The lines of a log that stands still hold policies.
  if (daemon_.succession.holds_replaced()) daemon_.log.put_into_words(kLogStandsStill);
  // What a policy was made from and in would otherwise stay resident.
  if (daemon_.succession.free_unused()) ::malloc_trim(0);
}

}  // namespace portcullis
