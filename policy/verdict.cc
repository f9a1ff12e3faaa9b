#include "policy/verdict.h"

namespace portcullis {

std::string_view to_string(Action action) {
  switch (action) {
    case Action::permit:
      return "permit";
    case Action::deny:
      return "deny";
    case Action::exempt:
      return "exempt";
  }
  return "?";
}

std::string_view to_string(DecidedBy decided_by) {
  switch (decided_by) {
    case DecidedBy::permit:
      return "permit";
    case DecidedBy::deny:
      return "deny";
    case DecidedBy::exempt:
      return "exempt";
    case DecidedBy::listener_default:
      return "default";
  }
  return "?";
}

std::string_view to_string(Disposition disposition) {
  switch (disposition) {
    case Disposition::proceed:
      return "continue";
    case Disposition::tempfail:
      return "tempfail";
    case Disposition::reject:
      return "reject";
  }
  return "?";
}

std::string_view to_string(AnswerAt answer_at) {
  switch (answer_at) {
    case AnswerAt::connect:
      return "connect";
    case AnswerAt::helo:
      return "helo";
    case AnswerAt::drop:
      return "drop";
  }
  return "?";
}

std::string_view to_string(Mode mode) {
  return mode == Mode::enforce ? "enforce" : "observe";
}

std::string_view to_string(Limit limit) {
  switch (limit) {
    case Limit::client:
      return "client";
    case Limit::client_class:
      return "class";
    case Limit::listener:
      return "listener";
    case Limit::reserved:
      return "reserved";
  }
  return "?";
}

}  // namespace portcullis
