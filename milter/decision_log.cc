#include "milter/decision_log.h"

#include <algorithm>
#include <array>

#include "policy/printable.h"

namespace portcullis {
namespace {

// Caps for the parts of a line, in bytes as they are written, so that all of them fit.
constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxEntry = 120;
constexpr std::size_t kMaxSource = 160;
constexpr std::size_t kMaxHost = 140;
constexpr std::size_t kMaxHelo = 140;
constexpr std::size_t kMaxReply = 160;

constexpr bool ends_a_value(char c) {
  return c == '"' || c == '<' || c == '>' || c == '[' || c == ']';
}

// Every byte of every value is asked: a load instead of seven comparisons.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned char c = ' ' + 1; c <= '~'; ++c) plain[c] = !ends_a_value(static_cast<char>(c));
  return plain;
}();

bool is_plain(char c) {
  return kPlain[static_cast<unsigned char>(c)];
}

bool is_plain_in_quotes(char c) {
  return c >= ' ' && c <= '~' && c != '"';
}

// Foreign text inside a value that ends at a blank or a bracket.
std::string escaped(std::string_view text, std::size_t max_length) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string result;
  for (const char c : printable(text, max_length)) {
    if (is_plain(c)) {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += {'\\', 'x', kHex[byte >> 4], kHex[byte & 0xf]};
  }
  if (result.size() > max_length) result.resize(max_length);
  return result;
}

// Text inside double quotes: blanks may stay.
std::string escaped_in_quotes(std::string_view text, std::size_t max_length) {
  std::string result;
  for (const char c : printable(text, max_length)) {
    if (c == '"') {
      result += "\\x22";
    } else {
      result += c;
    }
  }
  if (result.size() > max_length) result.resize(max_length);
  return result;
}

// Nearly every value is plain, and goes into the line without a copy of its own.
void add_bare(std::string& line, std::string_view text, std::size_t max_length) {
  if (text.size() <= max_length && std::ranges::all_of(text, is_plain)) {
    line += text;
  } else {
    line += escaped(text, max_length);
  }
}

void add_quoted(std::string& line, std::string_view text, std::size_t max_length) {
  line += '"';
  if (text.size() <= max_length && std::ranges::all_of(text, is_plain_in_quotes)) {
    line += text;
  } else {
    line += escaped_in_quotes(text, max_length);
  }
  line += '"';
}

void add_verdict(std::string& line, const Decision& verdict) {
  const bool would =
      verdict.disposition != Disposition::proceed && verdict.enforced() == Disposition::proceed;
  line += would ? "verdict=would-" : "verdict=";
  line += to_string(verdict.disposition);
}

void add_client(std::string& line, const LoggedClient& client) {
  line += " client=";
  if (!client.address) {
    line += "local";
  } else {
    add_bare(line, client.verified_name.empty() ? "unknown" : client.verified_name, kMaxHost);
    line += '[';
    line += client.address->to_string();
    line += ']';
  }
  if (!client.helo) return;
  line += " helo=<";
  add_bare(line, *client.helo, kMaxHelo);
  line += '>';
}

void add_decider(std::string& line, const Policy& policy, const Decision& verdict) {
  if (verdict.client_class) {
    line += " class=";
    add_bare(line, policy.client_class(*verdict.client_class).name, kMaxName);
  }
  if (!verdict.entry) return;
  const EntryDescription entry = policy.describe(*verdict.entry);
  line += " entry=";
  add_quoted(line, entry.text, kMaxEntry);
  line += " source=";
  add_bare(line, entry.file, kMaxSource);
  line += ':';
  line += std::to_string(entry.line);
}

void add_reply(std::string& line, const Decision& verdict) {
  if (verdict.disposition == Disposition::proceed) return;
  if (verdict.reply != nullptr) {
    line += " reply=";
    add_quoted(line, verdict.reply->to_string(), kMaxReply);
  }
  if (!verdict.exceeded) {
    line += " answer_at=";
    line += to_string(verdict.answer_at);
  }
}

void bound(std::string& line, std::size_t begin) {
  if (line.size() - begin > kMaxDecisionLine) line.resize(begin + kMaxDecisionLine);
}

}  // namespace

void write_decision(std::string& line, const Policy& policy, const Decision& verdict,
                    const LoggedClient& client) {
  const std::size_t begin = line.size();
  add_verdict(line, verdict);
  line += " action=";
  line += verdict.local ? "local" : to_string(verdict.decided_by);
  if (verdict.exceeded) {
    line += " limit=";
    line += to_string(*verdict.exceeded);
  }
  add_decider(line, policy, verdict);
  line += " listener=";
  add_bare(line, policy.listener(verdict.listener).name, kMaxName);
  add_client(line, client);
  add_reply(line, verdict);
  bound(line, begin);
}

std::string refusal_line(std::string_view reason, const LoggedClient& client,
                         std::string_view reply) {
  std::string line = "verdict=tempfail reason=" + std::string(reason);
  add_client(line, client);
  line += " reply=";
  add_quoted(line, reply, kMaxReply);
  bound(line, 0);
  return line;
}

}  // namespace portcullis
