#include "cli/step_text.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "config/time_text.h"

namespace portcullis {
namespace {

// The words for one explanation's steps.
class StepWords {
 public:
  explicit StepWords(const Explanation& explanation) : e_(explanation) {}

  std::string sentence(const Step& step) const;

 private:
  std::string deciding_entry(const Step& step) const;
  // Why an address or a name entry goes before the others; `covers` is what such entries do.
  std::string why_it_decides(std::string_view covers) const;
  std::string limit_passed(const Step& step) const;
  std::string limit_exceeded(const Step& step) const;
  std::string observed() const;

  std::string address() const { return e_.question.address->to_string(); }
  const std::string& name() const { return e_.question.verified_name; }
  const std::string& listener() const { return e_.policy->listener(e_.verdict.listener).name; }
  const std::string& class_name() const {
    return e_.policy->client_class(*e_.verdict.client_class).name;
  }
  // Whose max_connections_per_client holds.
  std::string owner_of_client_limit() const;

  const Explanation& e_;
};

std::string StepWords::deciding_entry(const Step& step) const {
  const EntryDescription entry = e_.policy->describe(step.entry);
  std::string text = entry_text(*e_.policy, entry);
  if (entry.expires) text += ", in force until " + time_text(*entry.expires);
  return text;
}

std::string StepWords::why_it_decides(std::string_view covers) const {
  if (e_.overrode.empty()) return fmt::format("no other entry {}s it", covers);
  const bool tie = std::ranges::any_of(
      e_.overrode, [this](const EntryDescription& other) { return other.text == e_.entry->text; });
  if (tie) {
    return "of entries for the same clients, exempt goes before permit, permit before deny, then "
           "the "
           "first class";
  }
  return fmt::format("the most specific of {} entries that {} it", e_.overrode.size() + 1, covers);
}

std::string StepWords::owner_of_client_limit() const {
  if (e_.verdict.client_class &&
      e_.policy->client_class(*e_.verdict.client_class).max_connections_per_client) {
    return "class " + class_name();
  }
  return "listener " + listener();
}

std::string StepWords::limit_passed(const Step& step) const {
  switch (step.limit) {
    case Limit::client:
      return fmt::format(
          "Client network {} may hold {} connections to listener {} at a time "
          "(max_connections_per_client of {}).",
          e_.limits->client_network.to_string(), step.number, listener(), owner_of_client_limit());
    case Limit::client_class:
      return fmt::format(
          "Class {} may hold {} connections at a time over all its listeners (max_connections).",
          class_name(), step.number);
    case Limit::listener:
    case Limit::reserved:
      return fmt::format("Listener {} may hold {} connections at a time (max_connections).",
                         listener(), step.number);
  }
  return {};
}

std::string StepWords::limit_exceeded(const Step& step) const {
  if (step.limit != Limit::reserved) return limit_passed(step) + " One more is too many.";
  return fmt::format(
      "All {} connections of listener {} (max_connections) are kept for classes with "
      "reserved_connections.",
      step.number, listener());
}

std::string StepWords::observed() const {
  const bool by_class = e_.verdict.client_class &&
                        e_.policy->client_class(*e_.verdict.client_class).mode == Mode::observe;
  return fmt::format(
      "{} only observes (mode = observe): this is logged as would-{}, and the client "
      "is let through.",
      by_class ? "Class " + class_name() : "Listener " + listener(),
      to_string(e_.verdict.disposition));
}

std::string StepWords::sentence(const Step& step) const {
  switch (step.kind) {
    case StepKind::local_submission:
      return "Local submission has no client address: it is let through and not counted.";
    case StepKind::address_matched:
      return fmt::format("Address {} is decided by {}: {}.", address(), deciding_entry(step),
                         why_it_decides("cover"));
    case StepKind::address_exempt_wins:
      return fmt::format(
          "Address {} is decided by {}: exempt goes before every other entry, also "
          "before more specific ones.",
          address(), deciding_entry(step));
    case StepKind::address_unmatched:
      return fmt::format("No entry in force on listener {} covers address {}.", listener(),
                         address());
    case StepKind::name_unverified:
      return "The client has no verified host name, so no host name entry can match.";
    case StepKind::name_matched:
      return fmt::format("Verified host name {} is decided by {}: {}.", name(),
                         deciding_entry(step), why_it_decides("name"));
    case StepKind::name_unmatched:
      return fmt::format("No entry in force on listener {} names host {}.", listener(), name());
    case StepKind::default_accept:
      return fmt::format("Listener {} accepts everyone else (default = accept).", listener());
    case StepKind::default_deny:
      return fmt::format("Listener {} denies everyone else (default = deny).", listener());
    case StepKind::exempt_not_counted:
      return fmt::format("Class {} is exempt: no limit holds, and the connection is not counted.",
                         class_name());
    case StepKind::denied_not_counted:
      return "A denied connection is not counted.";
    case StepKind::limit_passed:
      return limit_passed(step);
    case StepKind::limit_exceeded:
      return limit_exceeded(step);
    case StepKind::counted:
      return fmt::format("The connection is counted on listener {} for as long as it is open.",
                         listener());
    case StepKind::observed:
      return observed();
  }
  return {};
}

bool decided_by_address(const Step& step) {
  return step.kind == StepKind::address_matched || step.kind == StepKind::address_exempt_wins;
}

}  // namespace

std::string entry_text(const Policy& policy, const EntryDescription& entry) {
  const ClientClass& client_class = policy.client_class(entry.client_class);
  return fmt::format("{} in class {} ({}), {}:{}", entry.text, client_class.name,
                     to_string(client_class.action), entry.file, entry.line);
}

std::vector<std::string> step_sentences(const Explanation& explanation) {
  const StepWords words(explanation);
  const Question& question = explanation.question;
  std::vector<std::string> sentences;
  for (const Step& step : explanation.verdict.steps) {
    sentences.push_back(words.sentence(step));
    if (decided_by_address(step) && !question.verified_name.empty()) {
      sentences.push_back(fmt::format(
          "Host name {} is not looked at: an address entry has decided.", question.verified_name));
    }
  }
  if (question.helo && question.address) {
    sentences.push_back(
        fmt::format("HELO {} changes nothing: this policy has no rules for HELO.", *question.helo));
  }
  return sentences;
}

}  // namespace portcullis
