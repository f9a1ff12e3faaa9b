#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "config/policy_file.h"
#include "milter/active_policy.h"
#include "milter/daemon_context.h"
#include "milter/dry_run.h"

namespace portcullis {

// What became of a reload. With `ok` false the policy is the one from before.
struct ReloadResult {
  bool ok = false;
  std::uint64_t generation = 0;
  std::vector<std::string> diagnostics;     // errors and warnings, as text
  std::vector<std::string> restart_needed;  // keys of [daemon] that changed and do not take effect
};

// Called by the reloader's thread when the reload is done. Must not block or throw.
using ReloadCompletion = std::function<void(const ReloadResult&)>;

// The same for a dry run.
using DryRunCompletion = std::function<void(const DryRun&)>;

// What the reloader is to do next, and who waits for it.
struct ReloadRequest {
  std::vector<DryRunCompletion> dry_runs;  // one is run for all of them, before the reload
  bool reload = false;
  bool forced = false;
  std::vector<ReloadCompletion> waiting;
};

// A policy made ready for sessions.
std::shared_ptr<const ActivePolicy> activate(LoadedPolicy loaded, ConnectionTable& connections,
                                             std::uint64_t generation);

// The keys of [daemon] in which two settings differ.
std::vector<std::string> changed_keys(const DaemonSettings& before, const DaemonSettings& after);

// Reloader replaces the current policy by what the policy file says now. One thread of its own
// reads and compiles aside; sessions notice nothing but a pointer that changes. However many
// requests come, at most one reload runs and one more is to follow, which answers all of them.
//
// A list that lost too much is refused unless the reload is forced; one forced request forces the
// reload that it is part of. Replaced policies are freed by the same thread, when no session holds
// them any more, because freeing a million entries must not delay a client.
//
// Any thread may request.
class Reloader {
 public:
  // `at_start` is [daemon] as the file had it when the daemon started. Starts the thread.
  Reloader(DaemonContext& daemon, DaemonSettings at_start);

  void request(bool forced, ReloadCompletion done = {});
  // Only says what a reload would change.
  void request_dry_run(DryRunCompletion done);

 private:
  void run(const std::stop_token& stop);
  std::optional<ReloadRequest> next_request(const std::stop_token& stop);
  void answer_dry_runs(const std::vector<DryRunCompletion>& waiting);
  void answer_reload(const ReloadRequest& request);
  ReloadResult reload(bool forced);
  void publish(LoadedPolicy loaded, ReloadResult& result);
  void report(const ReloadResult& result);
  void free_unused();

  DaemonContext& daemon_;
  const DaemonSettings at_start_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<ReloadRequest> pending_;  // guarded by mutex_
  std::jthread thread_;                   // the last member: it uses the others
};

}  // namespace portcullis
