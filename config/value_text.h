#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "config/options.h"
#include "policy/listener.h"
#include "policy/smtp_reply.h"

namespace portcullis {

// The value of an option, from its text. Each refuses what it does not take with the repair;
// numbers are held against the option's minimum and maximum.
template <typename T>
using Parsed = tl::expected<T, Problem>;

Parsed<std::string> parse_word(std::string_view text, const Option& option);
Parsed<std::string> parse_path(std::string_view text, const Option& option);
Parsed<std::string> parse_socket(std::string_view text, const Option& option);
Parsed<bool> parse_boolean(std::string_view text, const Option& option);
Parsed<std::uint32_t> parse_number(std::string_view text, const Option& option);
Parsed<std::optional<std::uint32_t>> parse_limit(std::string_view text, const Option& option);
Parsed<std::optional<std::uint16_t>> parse_port_or_off(std::string_view text, const Option& option);
Parsed<std::chrono::seconds> parse_duration(std::string_view text, const Option& option);
Parsed<unsigned> parse_mode(std::string_view text, const Option& option);
// The place of the word among the option's words.
Parsed<std::size_t> parse_choice(std::string_view text, const Option& option);
Parsed<SmtpReply> parse_reply(std::string_view text, const Option& option);

// The name of a listener or a class: 1 to 32 letters, digits, '_', '.' and '-'.
bool is_section_name(std::string_view text);

}  // namespace portcullis
