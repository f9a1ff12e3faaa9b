#include "milter/milter_server.h"

#include <string>
#include <thread>

#include <libmilter/mfapi.h>
#include <pthread.h>
#include <sysexits.h>

#include "milter/callbacks.h"

namespace portcullis {
namespace {

// libmilter calls listen() again, with this.
constexpr int kBacklog = 4096;

// How long libmilter waits for the MTA. Longer than any SMTP session may be idle (RFC 5321 section
// 4.5.3.2 and Sendmail's Timeout.command of one hour): a session cut here would leave its client
// uncounted. It is libmilter's default, stated.
constexpr int kIdleSeconds = 7210;

// libmilter makes a thread for every session. glibc keeps the stacks of ended threads for the next
// ones, but no more than 40 MB: five of the usual size, a hundred and more of this. A session that
// gets a kept one saves mapping, page faults and unmapping. What a session needs is a few
// kilobytes.
constexpr std::size_t kSessionStack = std::size_t{256} << 10;

// For every thread that is made from now on. Where it cannot be set, stacks stay as they were.
void take_small_stacks() {
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return;
  if (::pthread_attr_setstacksize(&attributes, kSessionStack) == 0) {
    ::pthread_setattr_default_np(&attributes);
  }
  ::pthread_attr_destroy(&attributes);
}

bool open_connection(std::string specification) {
  return ::smfi_setconn(specification.data()) == MI_SUCCESS &&
         ::smfi_opensocket(/*rmsocket=*/false) == MI_SUCCESS;
}

}  // namespace

Started<void> MilterServer::prepare(ListeningSocket& socket) {
  if (::smfi_register(filter_description()) != MI_SUCCESS ||
      ::smfi_settimeout(kIdleSeconds) != MI_SUCCESS || ::smfi_setbacklog(kBacklog) != MI_SUCCESS) {
    return start_error(EX_SOFTWARE, "libmilter refuses the filter");
  }
  if (open_connection("fd:" + std::to_string(socket.descriptor()))) return {};
  const std::string specification = to_string(socket.address());
  if (socket.rebind([&] { return open_connection(specification); })) return {};
  return start_error(EX_UNAVAILABLE, "libmilter cannot listen on " + specification);
}

void MilterServer::start(WakeUp ended) {
  std::thread([this, ended] {
    take_small_stacks();
    ::smfi_main();
    ended_.store(true);
    ended();
  }).detach();
}

}  // namespace portcullis
