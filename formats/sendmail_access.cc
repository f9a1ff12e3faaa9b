#include "formats/sendmail_access.h"

#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "formats/letters.h"
#include "formats/raw_lines.h"
#include "formats/reading.h"
#include "formats/sendmail_access_key.h"
#include "formats/sendmail_action.h"

namespace portcullis {
namespace {

class AccessMap {
 public:
  explicit AccessMap(const ReadOptions& options) : reading_(options) {}

  void read(const RawLine& line) {
    if (line.text.starts_with('#') || strip(line.text).empty()) return;
    if (!reading_.is_readable(line.text, line.number)) return;
    std::string_view right = line.text;
    if (is_space(line.text.front())) {
      return reading_.refuse(line.number, strip(line.text),
                             {"starts with a blank: makemap refuses this line",
                              "write it without the blank, and a comment with # in front"});
    }
    const std::string_view key = take_field(right);
    if (right.empty()) {
      return reading_.refuse(
          line.number, key, {"has no action: makemap refuses this line", "write REJECT behind it"});
    }
    read_key(line, split_access_key(key), right);
  }

  ListReading finish() {
    note_order();
    return reading_.take();
  }

 private:
  struct Known {
    std::uint32_t line = 0;
    Action action = Action::deny;
  };

  void read_key(const RawLine& line, const AccessKey& key, std::string_view right) {
    switch (key.tag) {
      case AccessTag::connect:
        return read_connect(line, key, right);
      case AccessTag::connections:
      case AccessTag::rate:
        return report_limit(line, key, right);
      case AccessTag::other:
        return reading_.note(line.number, key.written,
                             {"is not a matter of who may connect", "left out"});
      case AccessTag::none:
        return reading_.refuse(
            line.number, key.written,
            {"has no tag: Sendmail looks for it among clients, senders and recipients",
             fmt::format("write Connect:{0}, From:{0} or To:{0}", key.written)});
    }
  }

  void read_connect(const RawLine& line, const AccessKey& key, std::string_view right) {
    auto client = parse_access_client(key.name);
    if (!client) return reading_.refuse(line.number, key.written, std::move(client.error()));
    auto action = parse_sendmail_action(right);
    if (!action) return reading_.refuse(line.number, key.written, std::move(action.error()));
    if (!is_first(line, key, action->action)) return;
    report(line, key, std::move(client->warning), std::move(client->note));
    report(line, key, std::move(action->warning), std::move(action->note));
    ListEntry entry;
    entry.listed = std::move(client->listed);
    entry.action = action->action;
    entry.comment = Reading::comment(action->text.empty() ? line.comment_above : action->text);
    entry.line = line.number;
    remember(entry);
    reading_.add(std::move(entry));
  }

  void report(const RawLine& line, const AccessKey& key, std::optional<Problem> warning,
              std::optional<Problem> note) {
    if (warning) reading_.repair(line.number, key.written, *std::move(warning));
    if (note) reading_.note(line.number, key.written, *std::move(note));
  }

  // makemap keeps the first of lines with one key, and complains of the others.
  bool is_first(const RawLine& line, const AccessKey& key, Action action) {
    const auto [known, fresh] =
        known_.try_emplace(lower_case(key.name), Known{line.number, action});
    if (fresh) return true;
    const std::string place = fmt::format("stands in line {} already", known->second.line);
    if (known->second.action == action) {
      reading_.note(line.number, key.written, {place, "left out"});
    } else {
      reading_.refuse(
          line.number, key.written,
          {place + ", with another action: makemap keeps that one", "remove one of the two"});
    }
    return false;
  }

  void report_limit(const RawLine& line, const AccessKey& key, std::string_view right) {
    if (!all_digits(right)) {
      return reading_.refuse(line.number, key.written,
                             {fmt::format("has \"{}\" where a number was expected", right), {}});
    }
    const bool rate = key.tag == AccessTag::rate;
    const bool unlimited = right.find_first_not_of('0') == std::string_view::npos;
    const std::string limit =
        unlimited ? "unlimited" : fmt::format("{}{}", right, rate ? "/1m" : "");
    reading_.repair(
        line.number, key.written,
        {"is a limit, which a class has and not an entry: left out",
         fmt::format(
             "write {} = {} for {}", rate ? "connection_rate" : "max_connections_per_client", limit,
             key.name.empty() ? "the listener" : fmt::format("a class with {}", key.name))});
  }

  void remember(const ListEntry& entry) {
    const bool denies = entry.action == Action::deny;
    if (!std::holds_alternative<ListedName>(entry.listed)) {
      (denies ? addresses_deny_ : addresses_permit_) = true;
    } else {
      auto& first = denies ? name_denies_ : name_permits_;
      if (!first) first = {entry.line, to_string(entry.listed)};
    }
  }

  // Where the order of names and addresses can make a difference.
  void note_order() {
    const Problem order{
        "comes before addresses in Sendmail; here an address entry decides, and a name only where "
        "there is none",
        {}};
    for (const auto& [name, opposed] :
         {std::pair(name_denies_, addresses_permit_), std::pair(name_permits_, addresses_deny_)}) {
      if (name && opposed) reading_.note(name->first, name->second, order);
    }
  }

  Reading reading_;
  std::map<std::string, Known> known_;  // "Connect:" keys without their tag
  bool addresses_deny_ = false;
  bool addresses_permit_ = false;
  std::optional<std::pair<std::uint32_t, std::string>> name_denies_;  // the first such line
  std::optional<std::pair<std::uint32_t, std::string>> name_permits_;
};

}  // namespace

ListReading read_sendmail_access(std::string_view text, const ReadOptions& options) {
  AccessMap map(options);
  RawLines lines(text);
  while (const auto line = lines.next()) map.read(*line);
  return map.finish();
}

}  // namespace portcullis
