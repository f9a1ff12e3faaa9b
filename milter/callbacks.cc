#include "milter/callbacks.h"

#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>

#include <libmilter/mfdef.h>

#include "milter/client_facts.h"
#include "milter/debug_lines.h"
#include "milter/session.h"

namespace portcullis {
namespace {

// The only mutable global: C callbacks have no other way to what they work for.
constinit DaemonContext* g_daemon = nullptr;

// libmilter takes char*, and copies or only reads what it points to.
char* c_text(const char* text) {
  return const_cast<char*>(text);
}

Session* session_of(SMFICTX* context) {
  return static_cast<Session*>(::smfi_getpriv(context));
}

// The context owns its session from here on; on_close(), or the next attach(), frees it.
Session* attach(SMFICTX* context, std::unique_ptr<Session> session) {
  const std::unique_ptr<Session> before(session_of(context));
  Session* const attached = session.release();
  ::smfi_setpriv(context, attached);
  return attached;
}

void detach(SMFICTX* context) {
  attach(context, nullptr);
}

sfsistat send(SMFICTX* context, const Answer& answer) {
  if (answer.disposition == Disposition::proceed) return SMFIS_CONTINUE;
  // If libmilter refuses the reply, the MTA's own text is sent with the same effect.
  ::smfi_setreply(context, c_text(answer.reply->code_text().c_str()),
                  c_text(answer.reply->enhanced_code().c_str()),
                  c_text(answer.reply->milter_text().c_str()));
  return answer.disposition == Disposition::reject ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

sfsistat safe_default(SMFICTX* context) {
  if (g_daemon->settings.on_internal_error == OnInternalError::accept) return SMFIS_CONTINUE;
  return send(context, Answer::refuse(g_daemon->internal_error_reply));
}

// To be called while an exception is handled. `what` says at which step.
sfsistat internal_error(SMFICTX* context, const char* what) {
  count(g_daemon->counters.internal_errors);
  g_daemon->log.error(what);
  try {
    throw;
  } catch (const std::exception& error) {
    g_daemon->log.error(error.what());
  } catch (...) {  // nothing of ours throws anything else
  }
  return safe_default(context);
}

// Runs one later step of a session. A step of a client that was never announced has no session.
template <typename Step>
sfsistat answer_step(SMFICTX* context, const char* error, Step&& step) noexcept {
  try {
    if (Session* const session = session_of(context)) return send(context, step(*session));
  } catch (...) {
    return internal_error(context, error);
  }
  count(g_daemon->counters.no_session);
  return safe_default(context);
}

}  // namespace

extern "C" {

// The flags may differ between policies, never within a session: it keeps the policy that it was
// negotiated under, so no client waits for an answer at a HELO that the MTA was told not to send.
static sfsistat on_negotiate(SMFICTX* context, unsigned long offered_actions,
                             unsigned long offered_steps, unsigned long, unsigned long,
                             unsigned long* actions, unsigned long* steps, unsigned long* reserved2,
                             unsigned long* reserved3) noexcept {
  constexpr unsigned long kNeverNeeded =
      SMFIP_NORCPT | SMFIP_NOBODY | SMFIP_NOHDRS | SMFIP_NOEOH | SMFIP_NOUNKNOWN | SMFIP_NODATA;
  *actions = 0;
  *reserved2 = 0;
  *reserved3 = 0;
  *steps = kNeverNeeded & offered_steps;
  try {
    auto policy = g_daemon->policy.current();
    const bool hears_helo = policy->policy->answers_at_helo();
    g_daemon->log.debug(
        [&] { return negotiation_line(offered_actions, offered_steps, hears_helo); });
    if (!hears_helo) *steps = (kNeverNeeded | SMFIP_NOHELO | SMFIP_NOMAIL) & offered_steps;
    if ((offered_actions & SMFIF_SETSYMLIST) != 0) {
      *actions = SMFIF_SETSYMLIST;
      ::smfi_setsymlist(context, SMFIM_CONNECT, c_text(kConnectMacros));
    }
    attach(context, std::make_unique<Session>(*g_daemon, std::move(policy), hears_helo));
  } catch (...) {  // on_connect tries again
    internal_error(context, "internal error at negotiation");
  }
  return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX* context, char* host, _SOCK_ADDR* peer) noexcept {
  try {
    Session* session = session_of(context);
    if (session == nullptr) {
      // No negotiation of ours came before: whether HELO will be heard is not known.
      session = attach(context, std::make_unique<Session>(*g_daemon, g_daemon->policy.current(),
                                                          /*hears_helo=*/false));
    }
    return send(context, session->connect(client_facts(context, host, peer)));
  } catch (...) {
    detach(context);  // what was counted is given back
    return internal_error(context, "internal error at CONNECT");
  }
}

static sfsistat on_helo(SMFICTX* context, char* name) noexcept {
  return answer_step(context, "internal error at HELO", [&](Session& session) {
    const std::size_t length = name == nullptr ? 0 : ::strnlen(name, Session::kMaxHelo);
    return session.helo(std::string_view(name, length));
  });
}

static sfsistat on_mail(SMFICTX* context, char**) noexcept {
  return answer_step(context, "internal error at MAIL",
                     [](Session& session) { return session.mail(); });
}

// libmilter may hold a lock of its own while it calls this.
static sfsistat on_close(SMFICTX* context) noexcept {
  detach(context);
  return SMFIS_CONTINUE;
}

}  // extern "C"

void serve_for(DaemonContext& daemon) {
  g_daemon = &daemon;
}

smfiDesc filter_description() {
  smfiDesc description{};
  description.xxfi_name = c_text("portcullis");
  description.xxfi_version = SMFI_VERSION;
  description.xxfi_flags = 0;
  description.xxfi_connect = on_connect;
  description.xxfi_helo = on_helo;
  description.xxfi_envfrom = on_mail;
  description.xxfi_close = on_close;
  description.xxfi_negotiate = on_negotiate;
  return description;
}

}  // namespace portcullis
