#include "cli/wire_text.h"

#include <fmt/format.h>

namespace portcullis {
namespace {

using Lines = std::vector<std::string>;

Lines hung_up_on() {
  return {"Postfix greets with \"421 HOST Service unavailable - try again later\" and hangs up.",
          "Sendmail greets with \"421 4.7.0 HOST closing connection\" and hangs up.",
          "The text of the reply is only in the log. A real mail server tries again later."};
}

Lines rejected_at_connect(const std::string& reply) {
  return {
      fmt::format("Postfix greets with \"554 HOST ESMTP not accepting connections\" and answers "
                  "MAIL with \"{}\".",
                  reply),
      "Sendmail greets with \"554 HOST ESMTP not accepting messages\" and answers MAIL with "
      "\"550 5.0.0 Command rejected\".",
      "The session stays open until the client leaves. For the text of the reply on both, set "
      "answer_at = helo."};
}

Lines deferred_at_connect(const std::string& reply) {
  return {fmt::format("Postfix greets with 220 and answers MAIL with \"{}\".", reply),
          "Sendmail greets with 220 and answers MAIL with \"451 4.3.2 Please try again later\".",
          "The session stays open until the client leaves. For the text of the reply on both, set "
          "answer_at = helo."};
}

Lines refused_at_helo(const SmtpReply& reply) {
  if (reply.code() == 421) {
    return {fmt::format("Both MTAs greet with 220, answer HELO with \"{}\" and hang up.",
                        reply.to_string()),
            "A client that never says HELO gets it at MAIL."};
  }
  return {fmt::format("Both MTAs greet with 220, answer HELO with 250 and MAIL with \"{}\".",
                      reply.to_string()),
          "A client that never says HELO gets it at MAIL too."};
}

}  // namespace

std::vector<std::string> on_the_wire(const Verdict& verdict) {
  if (verdict.local) return {"Nothing: local mail is never refused."};
  if (verdict.enforced() == Disposition::proceed || verdict.reply == nullptr) {
    return {"Nothing of portcullis: the MTA greets with 220 and goes on by its own rules."};
  }
  const SmtpReply& reply = *verdict.reply;
  if (verdict.answer_at == AnswerAt::helo) return refused_at_helo(reply);
  if (reply.code() == 421) return hung_up_on();
  return verdict.disposition == Disposition::reject ? rejected_at_connect(reply.to_string())
                                                    : deferred_at_connect(reply.to_string());
}

}  // namespace portcullis
