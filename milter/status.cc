#include "milter/status.h"

#include <chrono>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace portcullis {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

std::int64_t seconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start).count();
}

// Connections by name. A name that the policy no longer has stays while it holds connections.
Json connections_by_name(const std::vector<ConnectionTable::Gauge>& gauges) {
  Json object = Json::object();
  for (const auto& gauge : gauges) {
    if (gauge.connections > 0) object[gauge.name]["connections"] = gauge.connections;
  }
  return object;
}

void set_missing(Json& object, const std::string& name) {
  if (!object.contains(name)) object[name]["connections"] = 0;
}

void add_gauges(Json& status, ConnectionTable& connections, const Policy& policy) {
  const ConnectionTable::Totals totals = connections.totals();
  Json listeners = connections_by_name(totals.listeners);
  for (const Listener& listener : policy.listeners()) set_missing(listeners, listener.name);
  Json classes = connections_by_name(totals.classes);
  for (std::size_t i = 0; i < policy.classes().size(); ++i) {
    const std::string& name = policy.classes()[i].name;
    set_missing(classes, name);
    classes[name]["entries"] = policy.entry_count(static_cast<ClassIndex>(i));
  }
  for (auto& [name, of_class] : classes.items()) {
    if (!of_class.contains("entries")) of_class["entries"] = 0;
  }
  status["counted"] = totals.connections;
  status["listeners"] = std::move(listeners);
  status["classes"] = std::move(classes);
}

void add_counters(Json& status, const Counters& counters) {
  status["reloads"] = {{"ok", counters.reloads_ok.load()},
                       {"failed", counters.reloads_failed.load()}};
  status["verdicts"] = {{"continue", counters.verdict_continue.load()},
                        {"tempfail", counters.verdict_tempfail.load()},
                        {"reject", counters.verdict_reject.load()},
                        {"would_tempfail", counters.verdict_would_tempfail.load()},
                        {"would_reject", counters.verdict_would_reject.load()}};
  status["no_session"] = counters.no_session.load();
  status["internal_errors"] = counters.internal_errors.load();
  status["refused_over_max_sessions"] = counters.refused_over_max_sessions.load();
  status["refused_draining"] = counters.refused_draining.load();
}

}  // namespace

std::string status_json(DaemonContext& daemon) {
  const auto active = daemon.policy.current();
  Json status;
  status["version"] = PORTCULLIS_VERSION;
  status["pid"] = ::getpid();
  status["policy"] = daemon.policy_file;
  status["generation"] = active->generation;
  status["age_seconds"] = seconds_since(active->loaded);
  status["uptime_seconds"] = seconds_since(daemon.started);
  status["sessions"] = daemon.sessions.count();
  status["max_sessions"] = daemon.settings.max_sessions;
  status["draining"] = daemon.sessions.draining();
  add_gauges(status, daemon.connections, *active->policy);
  status["client_networks"] = daemon.connections.client_networks();
  status["entries"] = active->policy->entry_count();
  add_counters(status, daemon.counters);
  status["log_dropped"] = daemon.log.dropped();
  // A path may hold bytes that are no UTF-8: replaced, never thrown about.
  return status.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

}  // namespace portcullis
