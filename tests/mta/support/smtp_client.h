#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/mta/support/endpoint.h"
#include "tests/mta/support/eventually.h"

namespace portcullis::testing {

// One reply of the server. `text` is all of it as it came, codes included, lines joined with "\n".
struct SmtpReplyLines {
  int code = 0;
  std::string text;
};

// A blocking SMTP client that can misbehave. Every wait has a deadline (kPatience unless said);
// when it passes, or the server hangs up where a reply is due, std::runtime_error with the
// transcript so far. Moved freely, used by one thread at a time.
class SmtpClient {
 public:
  // Connects from `source`, by default 127.0.0.1 or ::1. Throws if the server refuses.
  explicit SmtpClient(const Endpoint& server, const std::string& source = "");
  ~SmtpClient();
  SmtpClient(SmtpClient&& other) noexcept;
  SmtpClient& operator=(SmtpClient&& other) noexcept;

  // The server's greeting is the first reply that is read.
  SmtpReplyLines read_banner() { return read_reply(); }
  SmtpReplyLines read_reply(std::chrono::milliseconds limit = kPatience);
  // Nothing if the server hangs up or says nothing within `limit`.
  std::optional<SmtpReplyLines> try_read_reply(std::chrono::milliseconds limit = kPatience);

  SmtpReplyLines command(std::string_view line);  // send_line(), read_reply()
  void send_line(std::string_view line);          // adds CR LF
  void send_raw(std::string_view bytes);

  // XCLIENT, for example "ADDR=192.0.2.1 NAME=mx.example.com". Postfix answers with a new banner.
  SmtpReplyLines xclient(std::string_view attributes);
  // The HAProxy PROXY v1 header that an upstream proxy sends before the banner.
  void send_proxy_header(const Endpoint& client, const Endpoint& destination);

  // Four ways to leave: politely (QUIT, 221), without a word (FIN), with a reset, or never.
  SmtpReplyLines quit();
  void close();
  void abort();

  // True once the server has closed its end or reset the connection. What it says before that is
  // kept for read_reply().
  bool closed_by_peer(std::chrono::milliseconds limit = kPatience);

  bool is_open() const { return socket_ >= 0; }
  const Endpoint& local() const { return local_; }
  const Endpoint& server() const { return server_; }
  // Both directions in order, one line each: "S: 220 ...", "C: EHLO ...".
  const std::vector<std::string>& transcript() const { return transcript_; }
  std::string transcript_text() const;

 private:
  enum class Arrival { data, closed, timeout };
  using Clock = std::chrono::steady_clock;

  Arrival receive(Clock::time_point end);
  bool wait_for_data(Clock::time_point end) const;
  std::optional<std::string> take_line();
  [[noreturn]] void fail(const std::string& reason) const;

  int socket_ = -1;
  bool peer_closed_ = false;
  Endpoint server_;
  Endpoint local_;
  std::string received_;            // not yet read as lines
  std::vector<std::string> reply_;  // lines of a reply that is not complete yet
  std::vector<std::string> transcript_;
};

}  // namespace portcullis::testing
