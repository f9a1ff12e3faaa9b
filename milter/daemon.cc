#include "milter/daemon.h"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <random>
#include <sstream>
#include <utility>

#include <malloc.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "milter/callbacks.h"
#include "milter/control_request.h"
#include "milter/control_socket.h"
#include "milter/diagnostic_lines.h"
#include "milter/reload.h"
#include "milter/shortages.h"
#include "milter/signals.h"
#include "milter/start.h"

namespace portcullis {
namespace {

using Clock = std::chrono::steady_clock;

// A log that cannot take more than this long must not hold up the end of the daemon.
constexpr std::chrono::milliseconds kLogPatience{500};

// How often the daemon sees to what may happen to it from outside.
constexpr std::chrono::milliseconds kLookAround{2000};

// A shortage lasts; one line of it is enough for as long.
constexpr std::chrono::minutes kBetweenComplaints{1};

// Tells the operator on standard error, and in the log unless that is the same.
int fail(const StartError& error, Log& log) {
  std::fprintf(stderr, "portcullisd: %s\n", error.message.c_str());
  if (log.on_standard_error()) return error.exit_code;
  std::istringstream lines(error.message);
  for (std::string line; std::getline(lines, line);) log.error(line);
  return error.exit_code;
}

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

// The parts of a running daemon, in the order in which they need each other.
class Daemon {
 public:
  Daemon(const DaemonOptions& options, DaemonSettings settings, LoadedPolicy policy,
         BoundSockets sockets, Log& log)
      : log_(log),
        milter_socket_(std::move(sockets.milter)),
        context_(settings, options.policy_file, log, random_seed(), WakeUp()),
        reloader_(context_, std::move(settings)) {
    context_.policy.publish(activate(std::move(policy), context_.connections, /*generation=*/1));
    serve_for(context_);
    if (sockets.control) {
      control_.emplace(
          std::move(*sockets.control),
          [this](std::string_view request, ControlSocket::Reply reply) {
            answer_request(context_, reloader_, request, std::move(reply));
          },
          log);
    }
  }

  [[noreturn]] void serve();

 private:
  [[noreturn]] void stop(int exit_code);
  [[noreturn]] void leave(int exit_code);
  void look_around();
  void announce();
  void wait_for_sessions();

  Log& log_;
  ListeningSocket milter_socket_;
  DaemonContext context_;
  Reloader reloader_;
  std::optional<ControlSocket> control_;
  MilterServer server_;
  Clock::time_point next_complaint_ = Clock::now();
};

// Each large array, as compiling a policy needs and frees them, is to be a mapping of its own, gone
// from our memory with the array. glibc would otherwise learn, from the first that is freed, to put
// all others where what is still used keeps them from being given back.
void give_back_large_blocks() {
  constexpr int kLargeBlock = 128 << 10;  // bytes; glibc's own threshold, made to stay
  ::mallopt(M_MMAP_THRESHOLD, kLargeBlock);
}

void Daemon::serve() {
  ::malloc_trim(0);  // what the policy was made from
  server_.start(WakeUp());
  receive_signals();
  announce();
  while (true) {
    const Event event = next_event(kLookAround);
    if (event == Event::reload) reloader_.request(/*forced=*/false);
    if (event == Event::stop) stop(EX_OK);
    if (server_.has_ended()) {
      log_.error("libmilter has stopped serving for a reason of its own");
      leave(EX_SOFTWARE);
    }
    look_around();
  }
}

// What makes a daemon deaf while it looks well. What cannot be mended ends it, so that whoever
// supervises it starts it again.
void Daemon::look_around() {
  const Shortages shortages = take_shortages();
  if (shortages.threads) {
    log_.error(
        "no thread can be started for a session: raise TasksMax of the service (ulimit -u); "
        "ending, "
        "for sessions would stay without an answer");
    leave(EX_OSERR);
  }
  if (shortages.descriptors && Clock::now() >= next_complaint_) {
    next_complaint_ = Clock::now() + kBetweenComplaints;
    log_.error(
        "no descriptor is left for another connection, which has to wait: raise LimitNOFILE of the "
        "service (ulimit -n), or see who holds connections to " +
        to_string(milter_socket_.address()));
  }
  const Started<bool> restored = milter_socket_.restore_path();
  const std::string gone = to_string(milter_socket_.address()) + " was deleted or replaced";
  if (!restored) {
    log_.error(gone + ", and " + restored.error().message + "; ending, for no MTA can connect");
    stop(restored.error().exit_code);
  }
  if (*restored) log_.error(gone + "; it has been made again");
}

void Daemon::announce() {
  const auto active = context_.policy.current();
  log_.info("portcullisd " PORTCULLIS_VERSION " serves on " + to_string(milter_socket_.address()) +
            ": " + std::to_string(active->policy->entry_count()) + " entries of " +
            context_.policy_file);
  ::sd_notify(0, "READY=1");
}

void Daemon::stop(int exit_code) {
  ::sd_notify(0, "STOPPING=1");
  // Whoever sees the line finds no new client let in.
  milter_socket_.remove_path();
  context_.sessions.drain();
  log_.info("stopping: " + std::to_string(context_.sessions.count()) + " sessions are open");
  wait_for_sessions();
  const std::uint32_t left = context_.sessions.count();
  log_.info("stopped: " + std::to_string(left) + " sessions were cut");
  leave(exit_code);
}

// Waits until the last session has ended, the time is over, or a second signal says now.
void Daemon::wait_for_sessions() {
  const auto end = Clock::now() + context_.settings.drain_timeout;
  while (context_.sessions.count() > 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0 || next_event(left) == Event::stop) return;
  }
}

void Daemon::leave(int exit_code) {
  milter_socket_.remove_path();
  if (control_) control_->remove_path();
  log_.flush(kLogPatience);
  ::_exit(exit_code);
}

}  // namespace

int check_policy(const DaemonOptions& options) {
  const auto loaded = load_policy(options.policy_file);
  const Diagnostics& found = loaded ? loaded->diagnostics : loaded.error();
  std::fputs(found.format_all().c_str(), stderr);
  return loaded ? EX_OK : EX_CONFIG;
}

int run_daemon(DaemonOptions options) {
  give_back_large_blocks();
  block_signals();
  // A reload must find the file wherever the process may be by then, and a log line names it whole.
  options.policy_file = std::filesystem::absolute(options.policy_file).string();
  auto settings = read_settings(options.policy_file);
  Log log(settings ? settings->log : LogTarget::automatic, options.verbose);
  if (!settings) return fail(settings.error(), log);
  auto sockets =
      bind_and_drop(*settings, options.socket.empty() ? settings->socket : options.socket);
  if (!sockets) return fail(sockets.error(), log);
  auto policy = read_policy(options.policy_file, sockets->identity);
  if (!policy) {
    sockets->milter.remove_path();
    if (sockets->control) sockets->control->remove_path();
    return fail(policy.error(), log);
  }
  log.start_thread();
  for (const std::string& line : diagnostic_lines(policy->diagnostics)) log.warning(line);
  Daemon daemon(options, std::move(*settings), std::move(*policy), std::move(*sockets), log);
  daemon.serve();
}

}  // namespace portcullis
