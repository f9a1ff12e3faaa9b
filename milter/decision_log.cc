#include "milter/decision_log.h"

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

// Room that most lines do with, so that they are not copied as they grow.
constexpr std::size_t kUsualLine = 256;

bool ends_a_value(char c) {
  return c == '"' || c == '<' || c == '>' || c == '[' || c == ']';
}

// Foreign text inside a value that ends at a blank or a bracket.
std::string bare(std::string_view text, std::size_t max_length) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string result;
  for (const char c : printable(text, max_length)) {
    if (c != ' ' && !ends_a_value(c)) {
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
std::string quoted(std::string_view text, std::size_t max_length) {
  std::string result;
  for (const char c : printable(text, max_length)) {
    if (c == '"') {
      result += "\\x22";
    } else {
      result += c;
    }
  }
  if (result.size() > max_length) result.resize(max_length);
  return '"' + result + '"';
}

std::string verdict_word(const Decision& verdict) {
  const bool would =
      verdict.disposition != Disposition::proceed && verdict.enforced() == Disposition::proceed;
  return (would ? "would-" : "") + std::string(to_string(verdict.disposition));
}

std::string client_word(const LoggedClient& client) {
  if (!client.address) return "local";
  const std::string name =
      client.verified_name.empty() ? "unknown" : bare(client.verified_name, kMaxHost);
  return name + '[' + client.address->to_string() + ']';
}

void add_client(std::string& line, const LoggedClient& client) {
  line += " client=" + client_word(client);
  if (client.helo) line += " helo=<" + bare(*client.helo, kMaxHelo) + '>';
}

void add_decider(std::string& line, const Policy& policy, const Decision& verdict) {
  if (verdict.client_class) {
    line += " class=" + bare(policy.client_class(*verdict.client_class).name, kMaxName);
  }
  if (!verdict.entry) return;
  const EntryDescription entry = policy.describe(*verdict.entry);
  line += " entry=" + quoted(entry.text, kMaxEntry);
  line += " source=" + bare(entry.file, kMaxSource) + ':' + std::to_string(entry.line);
}

std::string bounded(std::string line) {
  if (line.size() > kMaxDecisionLine) line.resize(kMaxDecisionLine);
  return line;
}

}  // namespace

std::string decision_line(const Policy& policy, const Decision& verdict,
                          const LoggedClient& client) {
  std::string line;
  line.reserve(kUsualLine);
  line += "verdict=";
  line += verdict_word(verdict);
  line += " action=";
  line += verdict.local ? "local" : to_string(verdict.decided_by);
  if (verdict.exceeded) line += " limit=" + std::string(to_string(*verdict.exceeded));
  add_decider(line, policy, verdict);
  line += " listener=" + bare(policy.listener(verdict.listener).name, kMaxName);
  add_client(line, client);
  if (verdict.disposition == Disposition::proceed) return bounded(std::move(line));
  if (verdict.reply != nullptr) {
    line += " reply=" + quoted(verdict.reply->to_string(), kMaxReply);
  }
  if (!verdict.exceeded) line += " answer_at=" + std::string(to_string(verdict.answer_at));
  return bounded(std::move(line));
}

std::string refusal_line(std::string_view reason, const LoggedClient& client,
                         std::string_view reply) {
  std::string line = "verdict=tempfail reason=" + std::string(reason);
  add_client(line, client);
  line += " reply=" + quoted(reply, kMaxReply);
  return bounded(std::move(line));
}

}  // namespace portcullis
