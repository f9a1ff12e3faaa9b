#include "policy/smtp_reply.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace portcullis {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the word before the first space off `rest`.
std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

// RFC 5321 section 4.2: a negative reply is 4yz or 5yz, y from 0 to 5.
bool is_negative_code(std::string_view word) {
  return word.size() == 3 && (word[0] == '4' || word[0] == '5') && word[1] >= '0' &&
         word[1] <= '5' && is_digit(word[2]);
}

// RFC 3463 section 2: class "." subject "." detail, of one digit and twice up to three.
bool is_enhanced_code(std::string_view word) {
  if (word.size() < 5 || !is_digit(word[0]) || word[1] != '.') return false;
  const std::size_t dot = word.find('.', 2);
  if (dot == std::string_view::npos) return false;
  const std::string_view subject = word.substr(2, dot - 2);
  const std::string_view detail = word.substr(dot + 1);
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.size() <= 3 && std::ranges::all_of(part, is_digit);
  };
  return is_number(subject) && is_number(detail);
}

// True if the word is meant as an enhanced code: it would not start a sentence.
bool looks_like_enhanced_code(std::string_view word) {
  return !word.empty() && is_digit(word[0]) && word.find('.') != std::string_view::npos &&
         std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.'; });
}

std::string double_percents(std::string_view text) {
  std::string doubled;
  for (const char c : text) doubled.append(c == '%' ? 2 : 1, c);
  return doubled;
}

}  // namespace

std::string_view describe(SmtpReplyError error) {
  switch (error) {
    case SmtpReplyError::bad_code:
      return "does not start with a reply code from 400 to 559";
    case SmtpReplyError::bad_enhanced:
      return "has an enhanced status code that is not class.subject.detail";
    case SmtpReplyError::class_mismatch:
      return "has a reply code and an enhanced status code of different classes";
    case SmtpReplyError::not_ascii:
      return "has characters other than printable ASCII";
    case SmtpReplyError::too_long:
      return "is longer than 512 characters";
    case SmtpReplyError::no_text:
      return "has no text for the client to read";
  }
  return "is not an SMTP reply";
}

tl::expected<SmtpReply, SmtpReplyError> SmtpReply::parse(std::string_view text) {
  if (text.size() > kMaxLength) return tl::unexpected(SmtpReplyError::too_long);
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) {
    return tl::unexpected(SmtpReplyError::not_ascii);
  }
  const std::string_view code = take_word(text);
  if (!is_negative_code(code)) return tl::unexpected(SmtpReplyError::bad_code);

  SmtpReply reply;
  reply.code_text_ = code;
  reply.code_ = static_cast<std::uint16_t>(std::stoi(reply.code_text_));
  reply.enhanced_code_ = std::string(1, code[0]) + ".7.1";
  std::string_view rest = text;
  if (const std::string_view word = take_word(rest); looks_like_enhanced_code(word)) {
    if (!is_enhanced_code(word)) return tl::unexpected(SmtpReplyError::bad_enhanced);
    if (word[0] != code[0]) return tl::unexpected(SmtpReplyError::class_mismatch);
    reply.enhanced_code_ = word;
    text = rest;
  }
  if (text.find_first_not_of(' ') == std::string_view::npos) {
    return tl::unexpected(SmtpReplyError::no_text);
  }
  reply.text_ = text;
  reply.milter_text_ = double_percents(text);
  return reply;
}

SmtpReply SmtpReply::known(std::string_view text) {
  auto reply = parse(text);
  if (!reply) std::abort();
  return *std::move(reply);
}

std::string SmtpReply::to_string() const {
  std::string line;
  line.reserve(code_text_.size() + enhanced_code_.size() + text_.size() + 2);
  return line.append(code_text_).append(" ").append(enhanced_code_).append(" ").append(text_);
}

}  // namespace portcullis
