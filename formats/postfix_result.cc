#include "formats/postfix_result.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "formats/letters.h"
#include "formats/raw_lines.h"

namespace portcullis {
namespace {

using Result = tl::expected<PostfixResult, Problem>;

constexpr std::array<std::string_view, 10> kMailActions = {
    "BCC", "DISCARD", "FILTER", "HOLD", "INFO", "PREPEND", "REDIRECT", "STRIP", "WARN", "DELAY"};
constexpr std::array<std::string_view, 3> kDeferrals = {"DEFER", "DEFER_IF_PERMIT",
                                                        "DEFER_IF_REJECT"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view known) { return same_word(word, known); });
}

// 4NN and 5NN: a reply of their own.
bool is_reply_code(std::string_view word) {
  return word.size() == 3 && (word.front() == '4' || word.front() == '5') && all_digits(word);
}

Problem temporary(std::string_view word) {
  return {"refuses for the time being: as an entry it is a denial like any other",
          fmt::format("let such clients have a class with reply = {} and your text",
                      word.starts_with('4') ? fmt::format("{} 4.7.1", word) : "450 4.7.1")};
}

Problem comment_in_result(const PostfixResult& result) {
  return {result.action == Action::deny
              ? "has a # in its result: Postfix sends what follows to the client"
              : "has a # in its result: it is no comment to Postfix, but a part of the result",
          "write comments on lines of their own"};
}

Result refuse(std::string_view word) {
  if (is_one_of(word, kMailActions)) {
    return tl::unexpected(Problem{
        fmt::format("has the result {}, which is about the mail and not about the client", word),
        "leave it in a Postfix table"});
  }
  if (is_one_of(word, kDeferrals)) {
    return tl::unexpected(
        Problem{fmt::format("has the result {}, which leaves it to the restrictions behind it "
                            "whether the client is deferred",
                            word),
                "let such clients have a class with reply = 450 4.7.1 and your text"});
  }
  return tl::unexpected(
      Problem{fmt::format("has the result \"{}\", which neither permits nor denies", word),
              "known here: OK, PERMIT, DUNNO, REJECT, 4NN and 5NN with a text"});
}

// A result whose first word we know.
Result known(std::string_view word, PostfixResult result) {
  if (same_word(word, "REJECT")) return result;
  if (is_reply_code(word) && !result.text.empty()) {
    if (word.front() == '4') result.warning = temporary(word);
    return result;
  }
  result.action = Action::permit;
  result.undecided = same_word(word, "DUNNO");
  if (result.undecided || same_word(word, "OK") || same_word(word, "PERMIT")) return result;
  if (same_word(word, "RELAY")) {
    result.warning = Problem{"is allowed to relay in Postfix: an entry only lets it connect", {}};
    return result;
  }
  if (!all_digits(word) || !result.text.empty()) return refuse(word);
  if (is_reply_code(word)) {
    result.warning = Problem{"is permitted: to Postfix a number alone is OK, not a refusal",
                             fmt::format("write REJECT, or {} and a text", word)};
  }
  return result;
}

}  // namespace

Result parse_postfix_result(std::string_view text) {
  PostfixResult result{.action = Action::deny, .undecided = false, .text = text, .warning = {}};
  const std::string_view word = take_field(result.text);
  Result parsed = known(word, result);
  if (parsed && parsed->text.starts_with('#')) {
    if (!parsed->warning) parsed->warning = comment_in_result(*parsed);
    parsed->text = strip(parsed->text.substr(1));
  }
  return parsed;
}

}  // namespace portcullis
