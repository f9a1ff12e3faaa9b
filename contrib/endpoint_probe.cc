#include "contrib/endpoint_probe.h"

#include <fmt/format.h>

#include "tls/presented_certificates.h"
#include "tls/timed_socket.h"

namespace portcullis {
namespace {

using Failure = tl::unexpected<std::string>;

constexpr std::size_t kMaxGreeting = 4096;

// RFC 5321 section 4.2: three digits, of which the first is 2 to 5.
bool is_reply(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return text.size() >= 3 && text[0] >= '2' && text[0] <= '5' && digit(text[1]) && digit(text[2]);
}

tl::expected<EndpointAnswer, std::string> ask_for_greeting(const MtaEndpoint& endpoint,
                                                           std::chrono::milliseconds patience) {
  const auto socket =
      TimedSocket::connect(endpoint.address, endpoint.port, TimedSocket::Clock::now() + patience);
  if (!socket) return Failure(socket.error());
  std::string greeting;
  while (greeting.find('\n') == std::string::npos && greeting.size() < kMaxGreeting) {
    const std::string more = socket->read_some(kMaxGreeting);
    if (more.empty()) return Failure("does not greet");
    greeting += more;
  }
  if (!is_reply(greeting)) return Failure("is no SMTP server");
  socket->write_all("QUIT\r\n");
  return greeting.front() >= '4' ? EndpointAnswer::turns_away : EndpointAnswer::works;
}

}  // namespace

tl::expected<EndpointAnswer, std::string> ask_endpoint(const MtaEndpoint& endpoint,
                                                       std::chrono::milliseconds patience) {
  if (!endpoint.implicit_tls && !endpoint.starttls) {
    return ask_for_greeting(endpoint, patience).map([](EndpointAnswer) {
      return EndpointAnswer::works;
    });
  }
  const TlsListener listener{endpoint.address,
                             endpoint.port,
                             endpoint.implicit_tls ? TlsStart::implicit : TlsStart::starttls_smtp,
                             {},
                             {},
                             patience};
  const auto presented = presented_certificates(listener);
  if (presented) return EndpointAnswer::works;
  if (presented.error().code == "no-starttls") {
    const auto greeting = ask_for_greeting(endpoint, patience);
    if (greeting == EndpointAnswer::turns_away) return greeting;
  }
  const Diagnostic& why = presented.error();
  return Failure(why.culprit.empty() ? why.reason
                                     : fmt::format("\"{}\" {}", why.culprit, why.reason));
}

}  // namespace portcullis
