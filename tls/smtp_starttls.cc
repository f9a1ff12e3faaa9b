#include "tls/smtp_starttls.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace portcullis {
namespace {

constexpr std::size_t kChunk = 4096;
// RFC 5321 section 4.1.3: an address literal names a client that has no name.
constexpr std::string_view kHello = "EHLO [127.0.0.1]\r\n";

// The replies of a server, one at a time.
class Replies {
 public:
  explicit Replies(const TimedSocket& socket) : socket_(socket) {}

  // All lines of the next reply (RFC 5321 section 4.2.1), or nothing if it does not come whole.
  std::optional<std::string> next() {
    std::string reply;
    for (;;) {
      auto line = next_line();
      if (!line) return std::nullopt;
      reply += *line + '\n';
      if (line->size() < 4 || (*line)[3] != '-') return reply;
      if (reply.size() > kMaxReply) return std::nullopt;
    }
  }

  bool has_more() const { return !text_.empty(); }

 private:
  std::optional<std::string> next_line() {
    for (;;) {
      if (const auto end = text_.find('\n'); end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return line;
      }
      const std::string more = text_.size() > kMaxReply ? "" : socket_.read_some(kChunk);
      if (more.empty()) return std::nullopt;
      text_ += more;
    }
  }

  const TimedSocket& socket_;
  std::string text_;
};

bool is_case_equal(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

// Among the lines behind the first: "250-STARTTLS".
bool offers_starttls(std::string_view reply) {
  for (std::size_t at = reply.find('\n'); at != std::string_view::npos && at + 1 < reply.size();) {
    const std::size_t end = reply.find('\n', at + 1);
    const std::string_view line = reply.substr(at + 1, end - at - 1);
    if (line.size() > 4 && is_case_equal(line.substr(4), "STARTTLS")) return true;
    at = end;
  }
  return false;
}

std::string first_line(const std::string& reply) {
  return reply.substr(0, reply.find('\n'));
}

tl::unexpected<Problem> problem(std::string reason, std::string repair) {
  return tl::unexpected(Problem{std::move(reason), std::move(repair)});
}

tl::expected<std::string, Problem> expect(std::string_view code, std::string_view what,
                                          Replies& replies) {
  auto reply = replies.next();
  if (!reply) {
    return problem(fmt::format("does not answer {} as an SMTP server does", what),
                   "is it one? for a port that starts with TLS give --implicit");
  }
  if (reply->starts_with(code)) return *std::move(reply);
  return problem(fmt::format("answers {}: {}", what, first_line(*reply)),
                 "see the log of the mail server");
}

}  // namespace

tl::expected<void, Problem> start_tls(const TimedSocket& socket) {
  Replies replies(socket);
  if (auto greeting = expect("220", "a connection", replies); !greeting) {
    return tl::unexpected(greeting.error());
  }
  socket.write_all(kHello);
  const auto hello = expect("250", "EHLO", replies);
  if (!hello) return tl::unexpected(hello.error());
  if (!offers_starttls(*hello)) {
    return problem("does not offer STARTTLS",
                   "see its log: a mail server that cannot read its certificate goes on without");
  }
  socket.write_all("STARTTLS\r\n");
  if (auto ready = expect("220", "STARTTLS", replies); !ready) {
    return tl::unexpected(ready.error());
  }
  if (replies.has_more()) {
    return problem("sends more behind its answer to STARTTLS, in the clear",
                   "somebody may stand between: ask it from the host itself");
  }
  return {};
}

}  // namespace portcullis
