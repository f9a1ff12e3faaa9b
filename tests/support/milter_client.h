#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace portcullis::testing {

// What a filter sent: one command of the milter protocol (SMFIR_* of libmilter/mfdef.h), or
// nothing, if it hung up or took too long.
struct MilterReply {
  char command = 0;
  std::string data;

  explicit operator bool() const { return command != 0; }
  bool is_continue() const { return command == 'c'; }  // SMFIR_CONTINUE
  // The SMTP reply of an SMFIR_REPLYCODE, as it is on the wire: with every '%' doubled.
  std::string smtp_reply() const;
};

// The filter's part of the negotiation.
struct MilterOptions {
  std::uint32_t version = 0;
  std::uint32_t actions = 0;
  std::uint32_t steps = 0;
  std::string connect_macros;  // what it asked for with SMFIF_SETSYMLIST
};

// A client of the MTA, as the MTA tells the filter of it.
struct AnnouncedClient {
  std::string host = "[192.0.2.1]";
  char family = '4';  // SMFIA_INET; '6', 'L' (Unix) or 'U' (unknown)
  std::string address = "192.0.2.1";
  std::vector<std::pair<std::string, std::string>> macros = {{"{daemon_name}", "inbound"},
                                                             {"{client_resolve}", "FAIL"}};

  static AnnouncedClient ipv4(std::string address);
  static AnnouncedClient ipv6(std::string address);
  // With a name that the MTA has verified.
  AnnouncedClient named(std::string name) const;
  AnnouncedClient on_service(std::string daemon_name, std::string daemon_address = {},
                             std::string daemon_port = {}) const;
};

// MilterClient is the MTA's end of one milter session over a Unix socket: what Postfix and Sendmail
// do, and, with send_raw(), what they would never do. For one thread.
//
// Nothing throws: after an error the client is not connected and every reply is empty.
class MilterClient {
 public:
  // How long a reply may take.
  static constexpr std::chrono::seconds kPatience{10};
  // What Postfix 3.7 and Sendmail 8.17 offer.
  static constexpr std::uint32_t kAllActions = 0x1ff;
  static constexpr std::uint32_t kAllSteps = 0x1fffff;

  explicit MilterClient(const std::string& socket_path);
  MilterClient(MilterClient&& other) noexcept;
  MilterClient& operator=(MilterClient&& other) noexcept;
  ~MilterClient();

  bool connected() const { return socket_ >= 0; }

  std::optional<MilterOptions> negotiate(std::uint32_t actions = kAllActions,
                                         std::uint32_t steps = kAllSteps,
                                         std::uint32_t version = 6);
  MilterReply connect(const AnnouncedClient& client);
  MilterReply helo(std::string_view name);
  MilterReply mail(std::string_view sender = "<a@b.test>");

  // Each sends what the name says and waits for nothing.
  void send_connect(const AnnouncedClient& client);
  void send_command(char command, std::string_view data = {});
  void send_raw(std::string_view bytes);
  void abort() { send_command('A'); }    // SMFIC_ABORT
  void quit_nc() { send_command('K'); }  // SMFIC_QUIT_NC
  // SMFIC_QUIT, then hangs up.
  void quit();
  // Hangs up without a word.
  void close();

  MilterReply receive();
  // True if nothing comes within `patience`, and the filter has not hung up either.
  bool stays_silent(std::chrono::milliseconds patience);
  // True if the filter hangs up within `patience`.
  bool is_hung_up(std::chrono::milliseconds patience = kPatience);

 private:
  bool receive_bytes(char* to, std::size_t size);

  int socket_ = -1;
};

// A session that has been negotiated.
MilterClient negotiated(const std::string& socket_path);

}  // namespace portcullis::testing
