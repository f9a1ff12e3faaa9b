#include "cli/explanation_text.h"

#include <string_view>

#include <fmt/format.h>

#include "cli/advice.h"
#include "cli/report.h"
#include "cli/step_text.h"
#include "cli/wire_text.h"
#include "config/time_text.h"

namespace portcullis {
namespace {

std::string verdict_text(const Verdict& verdict) {
  std::string text(to_string(verdict.disposition));
  if (verdict.enforced() != verdict.disposition) text = "would-" + text + " (observed only)";
  if (verdict.reply == nullptr) return text;
  text += ", " + verdict.reply->to_string();
  return verdict.exceeded ? text : text + fmt::format(" (at {})", to_string(verdict.answer_at));
}

std::string client_text(const Explanation& e) {
  std::string text = e.question.address ? e.question.address->to_string() : "local submission";
  if (!e.question.verified_name.empty()) text += ", host name " + e.question.verified_name;
  if (e.question.helo) text += ", HELO " + *e.question.helo;
  return text + fmt::format(", on listener {}", e.policy->listener(e.verdict.listener).name);
}

std::string decided_text(const Explanation& e) {
  if (e.entry) return entry_text(*e.policy, *e.entry);
  return e.verdict.local ? "local submission" : "the default of the listener";
}

void add_line(std::string& out, std::string_view label, std::string_view text) {
  out += fmt::format("{:<10}{}\n", label, shown(text));
}

std::string fate_text(const Explanation& e, const CoveringEntry& covering) {
  switch (covering.fate) {
    case EntryFate::decides:
      return "decides";
    case EntryFate::expired:
      return "expired at " + time_text(*covering.entry.expires);
    case EntryFate::not_in_force:
      return fmt::format("the class is not in force on listener {}",
                         e.policy->listener(e.verdict.listener).name);
    case EntryFate::less_specific:
      return fmt::format("{} is more specific", e.entry->text);
    case EntryFate::exempt_before:
      return fmt::format("{} is exempt, which goes before every other entry", e.entry->text);
    case EntryFate::permit_before_deny:
      return "for the same clients permit goes before deny";
    case EntryFate::class_order:
      return fmt::format("class {} comes first in the file",
                         e.policy->client_class(e.entry->client_class).name);
    case EntryFate::address_before_name:
      return "an address entry goes before host names";
  }
  return {};
}

std::string entries_text(const Explanation& e) {
  if (e.entries.empty()) return {};
  std::string out = "\nEntries that cover it, the widest first:\n";
  for (const CoveringEntry& covering : e.entries) {
    out += "     " + shown(entry_text(*e.policy, covering.entry) + ": " + fate_text(e, covering)) +
           '\n';
  }
  return out;
}

// "     class partners: at most 50 connections, 3 now".
std::string limit_line(std::string_view whose, const std::optional<std::uint32_t>& limit,
                       const std::optional<std::uint64_t>& now) {
  const std::string most = limit ? fmt::format("at most {}", *limit) : "unlimited";
  const std::string count = now ? fmt::format(", {} now", *now) : "";
  return "     " + shown(fmt::format("{}: {}{}", whose, most, count)) + '\n';
}

std::string limits_text(const Explanation& e, const std::optional<LiveCounts>& live) {
  if (!e.limits) return {};
  const LiveCounts now = live.value_or(LiveCounts{});
  std::string out = "\nConnections at a time:\n";
  out += limit_line("client network " + e.limits->client_network.to_string(), e.limits->client,
                    now.client);
  if (e.verdict.client_class) {
    out += limit_line("class " + e.policy->client_class(*e.verdict.client_class).name,
                      e.limits->client_class, now.client_class);
  }
  return out + limit_line("listener " + e.policy->listener(e.verdict.listener).name,
                          e.limits->listener, now.listener);
}

}  // namespace

std::string explanation_text(const Explanation& e, const std::optional<LiveCounts>& live) {
  std::string out;
  add_line(out, "verdict", verdict_text(e.verdict));
  add_line(out, "client", client_text(e));
  add_line(out, "decided", decided_text(e));
  out += entries_text(e);
  out += "\nHow it was reached:\n";
  int number = 0;
  for (const std::string& step : step_sentences(e)) {
    out += fmt::format("{:>3}. {}\n", ++number, shown(step));
  }
  out += limits_text(e, live);
  out += "\nWhat the client sees:\n";
  for (const std::string& line : on_the_wire(e.verdict)) out += "     " + shown(line) + '\n';
  const std::vector<std::string> advised = advice(e);
  if (!advised.empty()) out += "\nWhat would change it:\n";
  for (const std::string& line : advised) out += "     " + shown(line) + '\n';
  return out;
}

}  // namespace portcullis
