// Whether the text of a reply reaches the client. What is said here was measured with Postfix 3.7
// and Sendmail 8.17.

#include <algorithm>

#include "lint/questions.h"

namespace portcullis {
namespace {

class LostReplies {
 public:
  LostReplies(const LintInput& input, Diagnostics& found)
      : input_(input), policy_(*input.loaded.policy), found_(found) {
    const auto runs = [&](Mta mta) {
      return std::ranges::find(input.services, mta, &MtaService::mta) != input.services.end();
    };
    sendmail_ = runs(Mta::sendmail);
    postfix_ = runs(Mta::postfix);
  }

  void find() {
    for (std::size_t l = 0; l < policy_.listeners().size(); ++l) {
      const Listener& listener = policy_.listeners()[l];
      if (!listener.reply || listener.default_action != ListenerDefault::deny) continue;
      judge(listener.answer_at.value_or(AnswerAt::connect), *listener.reply,
            input_.loaded.listeners[l]);
    }
    for (std::size_t c = 0; c < policy_.classes().size(); ++c) {
      const ClientClass& client_class = policy_.classes()[c];
      if (!client_class.reply || client_class.action != Action::deny) continue;
      judge(answer_of(client_class), *client_class.reply, input_.loaded.classes[c]);
    }
  }

 private:
  // HELO only if all its listeners answer there.
  AnswerAt answer_of(const ClientClass& client_class) const {
    if (client_class.answer_at) return *client_class.answer_at;
    AnswerAt answer = AnswerAt::helo;
    for (std::size_t l = 0; l < policy_.listeners().size(); ++l) {
      if (!client_class.in_force_on(static_cast<ListenerIndex>(l))) continue;
      const AnswerAt own = policy_.listeners()[l].answer_at.value_or(AnswerAt::connect);
      if (own != AnswerAt::helo) answer = own;
    }
    return answer;
  }

  void judge(AnswerAt answer, const SmtpReply& reply, const SectionPlace& place) {
    if (answer == AnswerAt::helo) return;
    const bool drop = answer == AnswerAt::drop;
    // Where Sendmail is the MTA, or may be, nobody ever reads it.
    const bool never = drop || sendmail_;
    std::string reason = "is not what a client reads with answer_at = connect: ";
    if (drop) {
      reason = "is only logged with answer_at = drop: both MTAs hang up with a text of their own";
    } else if (sendmail_) {
      reason += "Sendmail answers with a text of its own";
    } else if (postfix_) {
      reason += "Postfix greets with 554, and sends it only to one that goes on to MAIL";
    } else {
      reason += "Postfix sends it only at MAIL, Sendmail never";
    }
    found_.add({never ? Severity::warning : Severity::note, input_.path, place.line_of("reply"),
                "reply = " + reply.to_string(), std::move(reason),
                drop ? "remove the reply, or write answer_at = helo" : "write answer_at = helo",
                "reply-not-shown"});
  }

  const LintInput& input_;
  const Policy& policy_;
  Diagnostics& found_;
  bool sendmail_ = false;
  bool postfix_ = false;
};

}  // namespace

void find_lost_replies(const LintInput& input, Diagnostics& found) {
  LostReplies(input, found).find();
}

}  // namespace portcullis
