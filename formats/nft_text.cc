#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "formats/nft_sets.h"
#include "formats/nft_tokens.h"

namespace portcullis {
namespace {

// Statements of a set that say nothing of its elements.
constexpr std::array<std::string_view, 7> kPassedOver = {
    "flags", "gc-interval", "size", "policy", "auto-merge", "counter", "comment"};

class NftText {
 public:
  NftText(Reading& reading, std::string_view text)
      : reading_(reading), tokens_(split_nft_tokens(text)) {}

  std::vector<NftSet> find() {
    while (skip_ends()) read_statement();
    return std::move(sets_);
  }

 private:
  using Kind = NftToken::Kind;

  const NftToken& now() const { return tokens_[at_]; }
  NftToken take() { return at_ + 1 < tokens_.size() ? tokens_[at_++] : tokens_[at_]; }

  // Goes to the next statement; false at the end of the text.
  bool skip_ends() {
    while (now().kind == Kind::line_end || now().is_mark(';')) take();
    return now().kind != Kind::end;
  }

  void skip_line_ends() {
    while (now().kind == Kind::line_end) take();
  }

  // Goes behind the statement and the block that it may have.
  void skip_statement() {
    std::size_t depth = 0;
    while (now().kind != Kind::end && (depth > 0 || !now().ends_statement())) {
      const NftToken token = take();
      if (token.is_mark('{')) ++depth;
      if (token.is_mark('}') && --depth == 0) return;
    }
    if (depth > 0) cut_short();
  }

  void cut_short() {
    if (reading_.feed().cut_short) return;
    reading_.feed().cut_short = true;
    reading_.refuse(0, {}, {"ends within braces: it was cut short", "list the set again"});
  }

  // The words up to `mark` or the end of the statement, with a blank between.
  std::string take_words() {
    std::string words;
    while (now().kind == Kind::word || now().kind == Kind::string) {
      words += (words.empty() ? "" : " ") + std::string(take().text);
    }
    return words;
  }

  void read_statement() {
    const NftToken first = take();
    if (first.is_word("table")) {
      const std::string table = take_words();
      if (now().is_mark('{')) read_table(table);
    } else if (first.is_word("flush") && now().is_word("set")) {
      take();
      read_flush(take_words(), first.line);
    } else if (first.is_word("add") && now().is_word("element")) {
      take();
      read_added(take_words(), first.line);
    } else {
      reading_.refuse(first.line, first.text,
                      {"starts what no listing of a set has", "list the set: nft list set ..."});
      if (first.is_mark('{')) --at_;
      skip_statement();
    }
  }

  void read_table(const std::string& table) {
    take();
    while (skip_ends()) {
      if (now().is_mark('}')) {
        take();
        return;
      }
      const NftToken first = take();
      const std::string name = take_words();
      if (first.is_word("set") && now().is_mark('{')) {
        read_set(table, name, first.line);
      } else {
        pass_over(first, name);
      }
    }
    cut_short();
  }

  void pass_over(const NftToken& first, const std::string& name) {
    reading_.note(first.line, std::string(first.text) + (name.empty() ? "" : " ") + name,
                  {"is no set: it is passed over", {}});
    if (first.is_mark('{')) --at_;
    skip_statement();
  }

  NftSet* find(const std::string& full_name) {
    const auto found = std::ranges::find_if(
        sets_, [&](const NftSet& set) { return set.table + ' ' + set.declared.name == full_name; });
    return found == sets_.end() ? nullptr : &*found;
  }

  void read_flush(const std::string& full_name, std::uint32_t line) {
    const NftSet* set = find(full_name);
    if (set != nullptr && set->elements.empty()) return;
    reading_.refuse(line, full_name,
                    {set == nullptr ? "is emptied, and was not declared before"
                                    : "is emptied after elements were added to it",
                     "list the set as it is: nft list set ..."});
  }

  void read_added(const std::string& full_name, std::uint32_t line) {
    NftSet* set = find(full_name);
    if (set != nullptr && now().is_mark('{')) {
      read_elements(*set);
      return;
    }
    reading_.refuse(
        line, full_name,
        {"is added to, and was not declared before", "list the set as it is: nft list set ..."});
    skip_statement();
  }

  void read_set(const std::string& table, const std::string& name, std::uint32_t line) {
    NftSet* known = find(table + ' ' + name);
    if (known == nullptr) {
      known = &sets_.emplace_back();
      known->table = table;
      known->declared.name = name;
      known->declared.line = line;
    }
    take();
    while (skip_ends()) {
      if (now().is_mark('}')) {
        take();
        return;
      }
      read_set_statement(*known);
    }
    cut_short();
  }

  void read_set_statement(NftSet& set) {
    const NftToken first = take();
    if (first.is_word("type") || first.is_word("typeof")) {
      const std::string type = take_words();
      set.declared.family = nft_family(type);
      if (!set.declared.family) set.declared.problem = not_of_addresses(type);
    } else if (first.is_word("timeout")) {
      set.timeout = parse_nft_time(take_words());
      if (!set.timeout) set.declared.problem.reason = "has a timeout that is no time";
    } else if (first.is_word("elements") && now().is_mark('=')) {
      take();
      skip_line_ends();
      if (now().is_mark('{')) read_elements(set);
    } else if (first.kind != Kind::word ||
               std::ranges::find(kPassedOver, first.text) == kPassedOver.end()) {
      set.declared.problem.reason =
          fmt::format("has a statement that is not known here: {}", first.text);
      if (first.is_mark('{')) --at_;
    }
    skip_statement();
  }

  void read_elements(NftSet& set) {
    take();
    while (true) {
      skip_line_ends();
      if (now().is_mark(',')) {
        take();
      } else if (now().is_mark('}')) {
        take();
        return;
      } else if (now().kind == Kind::end) {
        cut_short();
        return;
      } else {
        set.elements.push_back(take_element());
        ++set.declared.elements;
      }
    }
  }

  // An element ends before a comma or the closing brace.
  NftElement take_element() {
    NftElement element;
    const NftToken value = take();
    element.value = value.text;
    element.line = value.line;
    if (value.kind != Kind::word) element.problem.reason = "stands where an element was expected";
    while (!now().is_mark(',') && !now().is_mark('}') && now().kind != Kind::end) {
      if (now().kind == Kind::line_end) {
        take();
      } else {
        take_attribute(element);
      }
    }
    return element;
  }

  void take_attribute(NftElement& element) {
    const NftToken name = take();
    if (name.is_word("timeout") || name.is_word("expires")) {
      const NftToken value = now().kind == Kind::word ? take() : NftToken{};
      const auto time = parse_nft_time(value.text);
      if (!time) refuse(element, {fmt::format("has a time that is none: {}", value.text), {}});
      (name.text == "timeout" ? element.timeout : element.expires) = time;
    } else if (name.is_word("comment") && now().kind == Kind::string) {
      element.comment = take().text;
    } else if (name.is_word("counter")) {
      take_counter();
    } else {
      const bool range = name.text.starts_with('-');
      refuse(element, {fmt::format("has something behind it that is not known here: {}", name.text),
                       range ? "write a range without blanks" : ""});
    }
  }

  // The first problem is the one to tell of.
  static void refuse(NftElement& element, Problem problem) {
    if (element.problem.reason.empty()) element.problem = std::move(problem);
  }

  // "counter packets 0 bytes 0", or "counter" alone.
  void take_counter() {
    while (now().is_word("packets") || now().is_word("bytes")) {
      take();
      if (now().kind == Kind::word) take();
    }
  }

  Reading& reading_;
  std::vector<NftToken> tokens_;
  std::size_t at_ = 0;
  std::vector<NftSet> sets_;
};

}  // namespace

std::vector<NftSet> find_nft_text_sets(Reading& reading, std::string_view text) {
  return NftText(reading, text).find();
}

}  // namespace portcullis
