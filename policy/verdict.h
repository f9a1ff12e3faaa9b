#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "policy/connection_table.h"
#include "policy/smtp_reply.h"

namespace portcullis {

// What a class says of its clients.
enum class Action : std::uint8_t { permit, deny, exempt };

// What decided: the action of a class, or the listener's default.
enum class DecidedBy : std::uint8_t { permit, deny, exempt, listener_default };

// What the client gets.
enum class Disposition : std::uint8_t {
  proceed,   // SMFIS_CONTINUE
  tempfail,  // SMFIS_TEMPFAIL, 4yz
  reject     // SMFIS_REJECT, 5yz
};

// When and how a denied client hears of it.
enum class AnswerAt : std::uint8_t {
  connect,  // at CONNECT; the MTA's own text on the wire, the session stays open
  helo,     // at HELO, or at MAIL without one; our text on the wire
  drop      // 421 at CONNECT; the MTA hangs up
};

enum class Mode : std::uint8_t { enforce, observe };

// "permit", "deny", "exempt"; "permit".."default"; "continue", "tempfail", "reject";
// "connect", "helo", "drop"; "enforce", "observe": the words of the policy file, logs and JSON.
std::string_view to_string(Action action);
std::string_view to_string(DecidedBy decided_by);
std::string_view to_string(Disposition disposition);
std::string_view to_string(AnswerAt answer_at);
std::string_view to_string(Mode mode);
std::string_view to_string(Limit limit);

enum class ListenerIndex : std::uint32_t {};
enum class ClassIndex : std::uint32_t {};
// One entry of a policy; Policy::describe() gives its text, file and line.
enum class EntryIndex : std::uint32_t {};

// One step on the way to a verdict (DESIGN.md section 2). What the numbers mean stands beside each.
enum class StepKind : std::uint8_t {
  local_submission,     // no peer address, or a Unix peer
  address_matched,      // entry: the deciding entry
  address_exempt_wins,  // entry: an exempt entry that beats a longer prefix
  address_unmatched,    //
  name_unverified,      // the MTA did not confirm a host name
  name_matched,         // entry: the deciding entry
  name_unmatched,       //
  default_accept,       //
  default_deny,         //
  exempt_not_counted,   //
  denied_not_counted,   //
  limit_passed,         // limit, number: allowed; unset limits leave no step
  limit_exceeded,       // limit, number: allowed
  counted,              //
  observed,             // the verdict was not enforced
};

struct Step {
  StepKind kind{};
  Limit limit{};
  EntryIndex entry{};
  std::uint32_t number = 0;
};

// The steps in order, in place: evaluating a client allocates nothing.
class Steps {
 public:
  static constexpr std::size_t kMaxSteps = 12;

  void add(const Step& step) noexcept {
    if (size_ < kMaxSteps) steps_[size_++] = step;
  }
  auto begin() const { return steps_.begin(); }
  auto end() const { return steps_.begin() + static_cast<std::ptrdiff_t>(size_); }

 private:
  std::array<Step, kMaxSteps> steps_{};
  std::size_t size_ = 0;
};

// Decision is what the policy says of one client. `reply` points into the policy that decided and
// lives as long as it.
struct Decision {
  Disposition disposition = Disposition::proceed;
  DecidedBy decided_by = DecidedBy::listener_default;
  ListenerIndex listener{};
  std::optional<ClassIndex> client_class;
  std::optional<EntryIndex> entry;
  const SmtpReply* reply = nullptr;  // set unless the disposition is proceed
  AnswerAt answer_at = AnswerAt::connect;
  Mode mode = Mode::enforce;
  std::optional<Limit> exceeded;  // the limit behind a tempfail
  bool local = false;             // local submission: not counted

  // What the client really gets: an observed verdict lets it through.
  Disposition enforced() const {
    return mode == Mode::observe ? Disposition::proceed : disposition;
  }
};

// Verdict is a decision, and how it came about.
struct Verdict : Decision {
  Steps steps;
};

}  // namespace portcullis
