#include "tls/presented_certificates.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

#include "policy/ip_address.h"
#include "tls/certificate_bundle.h"
#include "tls/smtp_starttls.h"
#include "tls/timed_socket.h"

namespace portcullis {
namespace {

constexpr int kMostSent = 64;
// What a client says it can verify decides which of several certificates a server shows.
constexpr std::string_view kRsa =
    "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1";
constexpr std::string_view kOthers =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ECDSA+SHA1:ed25519:ed448";

// For a key such as "RSA 2048"; all for an empty one.
std::string algorithms_for(std::string_view key) {
  if (key.empty()) return fmt::format("{}:{}", kOthers, kRsa);
  return std::string(key.starts_with("RSA") ? kRsa : kOthers);
}

tl::unexpected<Diagnostic> failed(const TlsListener& listener, std::string_view code,
                                  std::string reason, std::string repair) {
  return tl::unexpected(Diagnostic{
      Severity::error, place_of(listener), 0, {}, std::move(reason), std::move(repair), code});
}

// Takes what is too weak for others: it is to be looked at, not trusted.
SslContextHandle new_context(std::string_view wanted_key) {
  SslContextHandle context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return context;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_cipher_list(context.get(), "ALL:!aNULL:@SECLEVEL=0");
  SSL_CTX_set1_sigalgs_list(context.get(), algorithms_for(wanted_key).c_str());
  return context;
}

// Goes on with an operation of OpenSSL until it is done, fails, or time is up.
template <typename Operation>
bool finish(SSL* ssl, const TimedSocket& socket, Operation operation) {
  for (;;) {
    ERR_clear_error();
    const int answer = operation(ssl);
    if (answer > 0) return true;
    const int wanted = SSL_get_error(ssl, answer);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) return false;
    if (!socket.wait_for(wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return false;
  }
}

std::string error_text() {
  const unsigned long error = ERR_peek_last_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  return reason == nullptr ? "the connection was closed, or nothing came" : reason;
}

PresentedCertificates presented(const SSL* ssl, const std::string& place) {
  std::vector<Certificate> certificates;
  const STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; i < std::min(sk_X509_num(chain), kMostSent); ++i) {
    X509* sent = sk_X509_value(chain, i);
    X509_up_ref(sent);
    certificates.push_back({place, 0, X509Handle(sent)});
  }
  return {SSL_get_version(ssl), SSL_get_cipher_name(ssl), facts_of_all(certificates)};
}

// Leaves as it is polite, so that the server's log has no "lost connection". Nobody waits for the
// answers.
void take_leave(SSL* ssl, const TimedSocket& socket) {
  constexpr std::string_view kQuit = "QUIT\r\n";
  finish(ssl, socket, [&](SSL* s) { return SSL_write(s, kQuit.data(), kQuit.size()); });
  SSL_shutdown(ssl);
  ERR_clear_error();
}

tl::expected<PresentedCertificates, Diagnostic> shake_hands(const TlsListener& listener,
                                                            const TimedSocket& socket) {
  const SslContextHandle context = new_context(listener.wanted_key);
  const SslHandle ssl(context == nullptr ? nullptr : SSL_new(context.get()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), socket.fd()) != 1) {
    return failed(listener, "handshake-failed", "TLS cannot be started: " + error_text(), {});
  }
  const std::string& name = listener.server_name;
  if (!name.empty() && !IpAddress::parse(name)) {
    SSL_set_tlsext_host_name(ssl.get(), name.c_str());
  }
  if (!finish(ssl.get(), socket, SSL_connect)) {
    const bool implicit = listener.start == TlsStart::implicit;
    return failed(listener, "handshake-failed",
                  "does not complete a TLS handshake: " + error_text(),
                  implicit ? "for a port that starts in the clear give --starttls smtp"
                           : "see the log of the mail server");
  }
  PresentedCertificates certificates = presented(ssl.get(), place_of(listener));
  take_leave(ssl.get(), socket);
  return certificates;
}

tl::expected<PresentedCertificates, Diagnostic> ask(const TlsListener& listener,
                                                    TimedSocket::Clock::time_point deadline) {
  const auto socket = TimedSocket::connect(listener.host, listener.port, deadline);
  if (!socket) {
    return failed(listener, "connection-failed", "cannot be reached: " + socket.error(),
                  "is the mail server running, and does it listen there?");
  }
  if (listener.start == TlsStart::starttls_smtp) {
    if (auto ready = start_tls(*socket); !ready) {
      return failed(listener, "no-starttls", std::move(ready.error().reason),
                    std::move(ready.error().repair));
    }
  }
  return shake_hands(listener, *socket);
}

}  // namespace

std::string place_of(const TlsListener& listener) {
  const bool brackets = listener.host.find(':') != std::string::npos;
  return brackets ? fmt::format("[{}]:{}", listener.host, listener.port)
                  : fmt::format("{}:{}", listener.host, listener.port);
}

tl::expected<PresentedCertificates, Diagnostic> presented_certificates(
    const TlsListener& listener) {
  const auto deadline = TimedSocket::Clock::now() + listener.patience;
  auto answer = ask(listener, deadline);
  if (answer || listener.wanted_key.empty() || answer.error().code != "handshake-failed") {
    return answer;
  }
  // It may have none of the kind that is wanted: then whatever it has.
  TlsListener any = listener;
  any.wanted_key.clear();
  return ask(any, deadline);
}

}  // namespace portcullis
