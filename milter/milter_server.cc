#include "milter/milter_server.h"

#include <string>
#include <thread>

#include <libmilter/mfapi.h>
#include <sysexits.h>

#include "milter/callbacks.h"
#include "milter/session_stacks.h"

namespace portcullis {
namespace {

// libmilter calls listen() again, with this.
constexpr int kBacklog = 4096;

// How long libmilter waits for the MTA. Longer than any SMTP session may be idle (RFC 5321 section
// 4.5.3.2 and Sendmail's Timeout.command of one hour): a session cut here would leave its client
// uncounted. It is libmilter's default, stated.
constexpr int kIdleSeconds = 7210;

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
