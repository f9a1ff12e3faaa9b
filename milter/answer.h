#pragma once

#include "policy/smtp_reply.h"
#include "policy/verdict.h"

namespace portcullis {

// What a session tells the MTA at one step. `reply` is set unless the disposition is proceed.
struct Answer {
  Disposition disposition = Disposition::proceed;
  const SmtpReply* reply = nullptr;

  static Answer proceed() { return {}; }
  static Answer refuse(const SmtpReply& reply) {
    return {reply.is_permanent() ? Disposition::reject : Disposition::tempfail, &reply};
  }
};

}  // namespace portcullis
