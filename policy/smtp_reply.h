#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace portcullis {

enum class SmtpReplyError : std::uint8_t {
  bad_code,        // not 4yz or 5yz
  bad_enhanced,    // not class.subject.detail (RFC 3463)
  class_mismatch,  // 550 4.7.1: Postfix answers "451 4.3.5 Server configuration problem"
  not_ascii,       // Sendmail strips the eighth bit
  too_long,
  no_text,
};

// A clause that completes `"text" ...`.
std::string_view describe(SmtpReplyError error);

// SmtpReply is a one-line negative SMTP reply (RFC 5321 section 4.2): code, enhanced status code
// (RFC 3463) and text. Immutable; safe to share between threads.
class SmtpReply {
 public:
  // RFC 5321 section 4.5.3.1.5 allows 512 octets for the whole line.
  static constexpr std::size_t kMaxLength = 512;

  // "554 5.7.1 text" or "554 text", which gets the enhanced code x.7.1. Printable ASCII only.
  static tl::expected<SmtpReply, SmtpReplyError> parse(std::string_view text);

  // A reply of ours, known to be valid; aborts if it is not.
  static SmtpReply known(std::string_view text);

  std::uint16_t code() const { return code_; }
  bool is_permanent() const { return code_ >= 500; }

  // As a client is to read it: "554 5.7.1 Access denied".
  std::string to_string() const;

  // The three arguments of smfi_setreply(3): the text has every '%' doubled, because Sendmail and
  // Postfix both take it as a format (measured; a lone '%' loses the whole reply in Sendmail).
  const std::string& code_text() const { return code_text_; }
  const std::string& enhanced_code() const { return enhanced_code_; }
  const std::string& milter_text() const { return milter_text_; }

  friend bool operator==(const SmtpReply&, const SmtpReply&) = default;

 private:
  SmtpReply() = default;

  std::uint16_t code_ = 0;
  std::string code_text_;
  std::string enhanced_code_;
  std::string text_;
  std::string milter_text_;
};

}  // namespace portcullis
