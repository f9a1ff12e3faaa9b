#include "formats/postfix_cidr.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "formats/cidr_pattern.h"
#include "formats/first_match.h"
#include "formats/letters.h"
#include "formats/logical_lines.h"
#include "formats/postfix_result.h"
#include "formats/reading.h"

namespace portcullis {
namespace {

// "if" and "endif" as Postfix tells them from patterns: a letter or digit behind makes another
// word.
bool is_keyword(std::string_view text, std::string_view keyword) {
  if (!starts_with_word(text, keyword)) return false;
  if (text.size() == keyword.size()) return true;
  const char behind = lower_letter(text[keyword.size()]);
  return !is_digit(behind) && (behind < 'a' || behind > 'z');
}

// Takes the negations off.
bool take_negation(std::string_view& text) {
  bool negated = false;
  for (; text.starts_with('!'); text.remove_prefix(1)) negated = !negated;
  return negated;
}

class CidrTable {
 public:
  explicit CidrTable(const ReadOptions& options) : reading_(options) {}

  void read(const LogicalLine& line) {
    if (!is_well_formed(line)) return;
    const std::string_view text = line.text;
    if (is_keyword(text, "if")) return open(line);
    if (is_keyword(text, "endif")) return close(line);
    if (refused_ > 0) return refuse_inside(line);
    add_rule(line);
  }

  ListReading finish() {
    for (const Block& block : blocks_) {
      reading_.repair(block.line, block.text,
                      {"has no endif: Postfix takes everything behind it as inside",
                       "write endif behind the last rule that belongs to it"});
    }
    table_.resolve();
    for (std::size_t number = 0; number < rules_.size(); ++number) settle(number);
    return reading_.take();
  }

 private:
  // An "if" whose "endif" has not come yet.
  struct Block {
    std::uint32_t line = 0;
    std::string text;
    bool refused = false;
  };
  struct Rule {
    std::uint32_t line = 0;
    std::string pattern;
    IpPrefix network;
    bool undecided = false;
    bool refused = false;  // decides, but its result is not for us
    ListEntry like;
  };

  bool is_well_formed(const LogicalLine& line) {
    if (!reading_.is_readable(line.text, line.number)) return false;
    if (line.indented) {
      reading_.refuse(line.number, strip(line.text),
                      {"starts with a blank, and there is no line that it continues: Postfix skips "
                       "it",
                       "write it without the blank"});
      return false;
    }
    if (line.text.starts_with("\xef\xbb\xbf")) {
      reading_.refuse(
          line.number, line.text,
          {"starts with a byte order mark: Postfix skips this line", "save the file without one"});
      return false;
    }
    if (line.text.find('\r') == std::string::npos) return true;
    reading_.refuse(line.number, line.text,
                    {"holds a carriage return, which ends no line to Postfix",
                     "write plain text, with LF or CR LF at line ends"});
    return false;
  }

  // Reads the pattern; nothing if it has been refused.
  std::optional<IpPrefix> pattern(const LogicalLine& line, std::string_view text) {
    auto parsed = parse_cidr_pattern(text);
    if (parsed && parsed->warning && reading_.options().strict) {
      parsed = tl::unexpected(*std::move(parsed->warning));
    }
    if (!parsed) {
      reading_.refuse(line.number, text, std::move(parsed.error()));
      return {};
    }
    if (parsed->warning) reading_.repair(line.number, text, *std::move(parsed->warning));
    return parsed->network;
  }

  void open(const LogicalLine& line) {
    blocks_.push_back({line.number, line.text, refused_ > 0});
    if (refused_ > 0) {
      ++refused_;
      return;
    }
    std::string_view condition = strip(std::string_view(line.text).substr(2));
    const bool negated = take_negation(condition);
    condition = strip(condition);
    const auto network = condition_pattern(line, condition);
    if (network) return table_.open_condition(*network, negated);
    blocks_.back().refused = true;
    refused_ = 1;
  }

  std::optional<IpPrefix> condition_pattern(const LogicalLine& line, std::string_view text) {
    std::string_view behind = text;
    const std::string_view written = take_field(behind);
    if (!written.empty() && behind.empty()) return pattern(line, written);
    reading_.refuse(
        line.number, line.text,
        written.empty()
            ? Problem{"has no pattern: Postfix skips this line, and not what is inside",
                      "write if and a pattern"}
            : Problem{
                  "has text behind its pattern: Postfix skips this line, and not what is inside",
                  "write if and a pattern alone; an indented line continues the one above"});
    return {};
  }

  void close(const LogicalLine& line) {
    if (!strip(std::string_view(line.text).substr(5)).empty()) {
      reading_.refuse(line.number, line.text,
                      {"has text behind endif: Postfix skips this line", "write endif alone"});
    } else if (blocks_.empty()) {
      reading_.refuse(line.number, line.text, {"ends no if: Postfix skips this line", {}});
    } else {
      if (blocks_.back().refused) {
        --refused_;
      } else {
        table_.close_condition();
      }
      blocks_.pop_back();
    }
  }

  void refuse_inside(const LogicalLine& line) {
    std::string_view rest = line.text;
    const std::string_view culprit = take_field(rest);
    std::size_t outermost = blocks_.size() - refused_;
    reading_.refuse(
        line.number, culprit,
        {fmt::format("stands inside the if of line {}, which is refused", blocks_[outermost].line),
         "mend that line"});
  }

  void add_rule(const LogicalLine& line) {
    std::string_view text = line.text;
    const bool negated = take_negation(text);
    std::string_view result = text;
    const std::string_view written = take_field(result);
    if (written.empty() || result.empty()) return refuse_incomplete(line, !written.empty());
    const auto network = pattern(line, written);
    if (!network) return;
    table_.add_rule(*network, negated);
    rules_.push_back({line.number,
                      line.text.substr(0, line.text.size() - result.size()),
                      *network,
                      false,
                      false,
                      {}});
    Rule& rule = rules_.back();
    rule.pattern = strip(rule.pattern);
    read_result(rule, line, result);
  }

  void refuse_incomplete(const LogicalLine& line, bool has_pattern) {
    if (line.text.find("\xc2\xa0") != std::string::npos) {
      return reading_.refuse(
          line.number, line.text,
          {"holds a no-break space, which parts nothing: Postfix skips this line",
           "write an ordinary blank"});
    }
    reading_.refuse(line.number, line.text,
                    has_pattern ? Problem{"has no result: Postfix skips this line",
                                          "write REJECT or DUNNO behind it"}
                                : Problem{"has no pattern: Postfix skips this line", {}});
  }

  void read_result(Rule& rule, const LogicalLine& line, std::string_view text) {
    auto result = parse_postfix_result(text);
    if (!result) {
      rule.refused = true;
      reading_.refuse(line.number, rule.pattern, std::move(result.error()));
      return;
    }
    if (result->warning) reading_.repair(line.number, rule.pattern, *std::move(result->warning));
    note_permit(rule, *result);
    rule.undecided = result->undecided;
    rule.like.action = result->action;
    rule.like.comment = Reading::comment(result->text.empty() ? line.comment_above : result->text);
    rule.like.line = line.number;
  }

  // Once for a table: what becomes of its results that let clients in.
  void note_permit(const Rule& rule, const PostfixResult& result) {
    if (result.action == Action::deny) return;
    bool& noted = result.undecided ? undecided_noted_ : permit_noted_;
    if (!std::exchange(noted, true)) {
      reading_.note(
          rule.line, rule.pattern,
          {result.undecided ? "is read as a permit: Postfix leaves it to its next restriction, an "
                              "entry that permits lets the client in"
                            : "is read as a permit, which lets a client connect and never relay",
           {}});
    }
  }

  // Turns a rule into the entries that say the same, once it is known what it decides.
  void settle(std::size_t number) {
    Rule& rule = rules_[number];
    const std::vector<AddressRange>& decided = table_.decided_by(number);
    if (rule.refused) return;
    if (decided.empty()) return note_idle(number);
    if (table_.is_plain(number)) return settle_plain(rule);
    reading_.note(
        rule.line, rule.pattern,
        {fmt::format("is read as the {} that it decides",
                     decided.size() == 1 ? "range" : fmt::format("{} ranges", decided.size())),
         {}});
    for (const AddressRange& range : decided) {
      const auto networks = cover_range(range.first, range.last);
      rule.like.listed = networks.size() == 1 ? Listed(networks.front()) : Listed(range);
      reading_.add(rule.like);
    }
  }

  void settle_plain(const Rule& rule) {
    if (rule.network.length() > 0) {
      ListEntry entry = rule.like;
      entry.listed = rule.network;
      return reading_.add(std::move(entry));
    }
    if (rule.undecided) {
      return reading_.note(rule.line, rule.pattern,
                           {"needs no entry: it is about all clients that are left", {}});
    }
    reading_.refuse(rule.line, rule.pattern,
                    {"is everyone: an entry that covers every address is no entry",
                     fmt::format("set default = {} of the listener",
                                 rule.like.action == Action::deny ? "deny" : "accept")});
  }

  void note_idle(std::size_t number) {
    const Rule& rule = rules_[number];
    const auto first = table_.rule_for(rule.network.first());
    const bool earlier = first && *first < number;
    reading_.note(
        rule.line, rule.pattern,
        {earlier ? fmt::format("never decides, because line {} comes first", rules_[*first].line)
                 : "never decides: no address gets as far as this",
         "left out"});
  }

  Reading reading_;
  FirstMatchTable table_;
  std::vector<Rule> rules_;  // numbered as in table_
  std::vector<Block> blocks_;
  std::size_t refused_ = 0;  // blocks that are refused, the innermost ones
  bool undecided_noted_ = false;
  bool permit_noted_ = false;
};

}  // namespace

ListReading read_postfix_cidr(std::string_view text, const ReadOptions& options) {
  CidrTable table(options);
  LogicalLines lines(text);
  while (const auto line = lines.next()) table.read(*line);
  return table.finish();
}

}  // namespace portcullis
