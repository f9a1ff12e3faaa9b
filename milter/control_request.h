#pragma once

#include <string_view>

#include "milter/control_socket.h"
#include "milter/daemon_context.h"
#include "milter/reload.h"

namespace portcullis {

// Answers one request of the control socket, with one JSON object on one line:
//   status                   the object that status.h describes
//   reload                   {"ok", "generation", "diagnostics": [text...], "restart_needed":
//   [key...]}
//                            when the reload is done; "ok" false: the policy is the old one
//   reload force             the same, and takes lists that lost most of their entries as well
//   diff                     what a reload would change, as dry_run.h describes it
//   client ADDRESS LISTENER  {"ok", "address", "network", "listener", "connections", "allowed"}:
//                            what the client's network holds now; "allowed" is how many it may
//                            hold, as far as its address tells: null if as many as it likes, 0 if
//                            it is refused
//   hits CLASS               how often each entry of the class has decided: live_report.h
//   peers                    the addresses of all clients with an open session: live_report.h
// Anything else: {"ok": false, "error": text}. Does not block; `reply` is called once.
void answer_request(DaemonContext& daemon, Reloader& reloader, std::string_view request,
                    ControlSocket::Reply reply);

}  // namespace portcullis
