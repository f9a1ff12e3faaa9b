#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "contrib/endpoint_probe.h"
#include "contrib/mta_configuration.h"

namespace portcullis {

enum class ApplyOutcome {
  unchanged,        // everything was as the policy says; no file was touched
  applied,          // changed, and the MTA answers everywhere it should
  refused,          // nothing was changed
  rolled_back,      // it failed, and everything is as it was before
  rollback_failed,  // it failed, and so did the way back: people must look
};

// "unchanged", "applied", ...: the words of JSON.
std::string_view to_string(ApplyOutcome outcome);

// Asks one endpoint: a banner, and TLS where it is due. The text says what is wrong.
using EndpointProbe = std::function<tl::expected<EndpointAnswer, std::string>(const MtaEndpoint&)>;

struct ApplyOptions {
  std::string directory;  // of the MTA's configuration
  std::string name;       // of the backup: the time
  EndpointProbe probe;
  // For all endpoints together after a reload, but each is asked once at least.
  std::chrono::milliseconds patience{20'000};
  // Waits before an endpoint is asked.
  std::function<void(std::chrono::milliseconds)> wait;
};

struct ApplyResult {
  ApplyOutcome outcome = ApplyOutcome::refused;
  bool recovered = false;  // a change that had been cut short was taken back first
  bool reloaded = false;   // the MTA was running, and has taken it
  std::string backup;      // where the files of before are; empty: none was made
  std::vector<MtaChange> changes;
  Diagnostics found;             // beside mta.findings(), unless those refuse it
  std::vector<std::string> log;  // the last that the MTA has complained of since it was told
};

// Puts an MTA's configuration into force: backup, edit, lint, reload, ask every endpoint, look into
// the log; when any of it fails, the backup is put back and reloaded, and the endpoints that
// answered before are asked again; if they do not answer, the MTA is restarted. A line of the log
// is a failure if it says that a program of the MTA has ended itself; other new ones are passed on.
// One at a time for a directory (it waits for another for ten seconds). A change that was cut short
// by a kill is taken back before anything else. An MTA that is not running is configured, and
// neither reloaded nor asked. One that runs is refused a port that another program has: it would
// end.
ApplyResult apply_configuration(const MtaConfiguration& mta, const ApplyOptions& options);

}  // namespace portcullis
