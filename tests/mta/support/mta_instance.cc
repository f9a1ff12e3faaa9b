#include "tests/mta/support/mta_instance.h"

#include <csignal>
#include <stdexcept>
#include <system_error>

#include <fmt/core.h>
#include <unistd.h>

#include "tests/mta/support/free_port.h"
#include "tests/mta/support/postfix_instance.h"
#include "tests/mta/support/sendmail_instance.h"
#include "tests/mta/support/socket_owner.h"

namespace portcullis::testing {

MtaInstance::MtaInstance(std::string_view label, MtaOptions options)
    : options_(std::move(options)), scratch_(label) {
  for (ListenerSpec& listener : options_.listeners) {
    if (listener.port == 0) listener.port = free_port();
  }
}

MtaInstance::~MtaInstance() {
  try {
    stop();
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}\n", failure.what());
  }
}

void MtaInstance::start() {
  if (geteuid() != 0) {
    throw std::runtime_error(name() + " needs root: run the MTA tests as root, or with sudo");
  }
  for (const ListenerSpec& listener : options_.listeners) {
    if (listener.haproxy && !supports_proxy()) {
      throw std::runtime_error(name() + " does not understand the PROXY protocol");
    }
  }
  if (options_.xclient && !supports_xclient()) {
    throw std::runtime_error(name() + " does not understand XCLIENT");
  }
  write_configuration();
  process_.emplace(command(), ChildOptions{.output = scratch_ / "output"});
  try {
    wait_until_ready();
  } catch (...) {
    stop();
    throw;
  }
}

// SIGKILL to the whole group: nothing of a private MTA is worth a clean end, and on SIGTERM
// Postfix's master sometimes blocks for ever, logging to a postlogd that has ended already.
void MtaInstance::stop() {
  if (process_) process_->kill();
  process_.reset();
}

// TCP accept does not mean that the MTA works: Postfix's master keeps the port of a service that
// cannot start. Only a greeting does.
void MtaInstance::wait_until_ready() {
  for (const ListenerSpec& listener : options_.listeners) {
    const bool ready = eventually([&] {
      if (!process_->running()) throw std::runtime_error(failure("ended at start"));
      return greets(listener);
    });
    if (ready) continue;
    throw std::runtime_error(
        failure(fmt::format("does not greet on {} port {}", listener.address, listener.port)));
  }
}

bool MtaInstance::greets(const ListenerSpec& listener) const {
  try {
    SmtpClient probe({.address = listener.address, .port = listener.port});
    // Postfix answers this one with 421 and calls no milter, but only when it can serve.
    if (listener.haproxy) probe.send_line("PROXY UNKNOWN");
    const auto greeting = probe.try_read_reply(std::chrono::seconds{5});
    if (!greeting) return false;
    // Leaves no session behind that a test would count.
    if (greeting->code == 220 || greeting->code == 554) probe.command("QUIT");
    return probe.closed_by_peer();
  } catch (const std::system_error&) {
    return false;  // nobody listens yet
  }
}

std::string MtaInstance::failure(const std::string& reason) const {
  return fmt::format("{} {}; it said:\n{}{}", name(), reason, read_file(scratch_ / "output"),
                     log());
}

Endpoint MtaInstance::endpoint(std::size_t listener) const {
  const ListenerSpec& spec = options_.listeners.at(listener);
  return {.address = spec.address, .port = spec.port};
}

Endpoint MtaInstance::endpoint(std::string_view listener_name) const {
  for (const ListenerSpec& listener : options_.listeners) {
    if (listener.name == listener_name) return {.address = listener.address, .port = listener.port};
  }
  throw std::runtime_error(fmt::format("{} has no listener {}", name(), listener_name));
}

std::vector<pid_t> MtaInstance::session_processes() const {
  return process_ ? children_of(process_->pid(), session_program()) : std::vector<pid_t>{};
}

pid_t MtaInstance::session_process(const SmtpClient& client) const {
  std::optional<pid_t> owner;
  const bool found = eventually([&] {
    owner = socket_owner(session_processes(), client.server(), client.local());
    return owner.has_value();
  });
  if (!found) throw std::runtime_error(failure("has no process for this client"));
  return *owner;
}

void MtaInstance::kill_session_process(const SmtpClient& client) const {
  ::kill(session_process(client), SIGKILL);
}

void MtaInstance::kill_session_processes() const {
  for (const pid_t process : session_processes()) ::kill(process, SIGKILL);
}

std::string to_string(MtaKind kind) {
  return kind == MtaKind::postfix ? "postfix" : "sendmail";
}

MtaKind parse_mta_kind(std::string_view name) {
  for (const MtaKind kind : {MtaKind::postfix, MtaKind::sendmail}) {
    if (name == to_string(kind)) return kind;
  }
  throw std::runtime_error(fmt::format("\"{}\" is not an MTA: postfix or sendmail", name));
}

std::unique_ptr<MtaInstance> make_mta(MtaKind kind, MtaOptions options) {
  if (kind == MtaKind::postfix) return std::make_unique<PostfixInstance>(std::move(options));
  return std::make_unique<SendmailInstance>(std::move(options));
}

}  // namespace portcullis::testing
