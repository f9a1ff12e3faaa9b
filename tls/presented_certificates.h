#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "tls/certificate_facts.h"

namespace portcullis {

enum class TlsStart : std::uint8_t { starttls_smtp, implicit };

// A running listener, and how it is asked.
struct TlsListener {
  std::string host;  // name or address
  std::uint16_t port = 0;
  TlsStart start = TlsStart::starttls_smtp;
  std::string server_name;  // for SNI (RFC 6066 section 3); empty: none is sent
  // The key of the certificate that is wanted ("RSA 2048", "EC prime256v1", or empty): of several,
  // a server shows one that the client can verify. If it has none of the kind, it is asked again.
  std::string wanted_key;
  std::chrono::milliseconds patience{10'000};  // for all of it, looking up `host` aside
};

struct PresentedCertificates {
  std::string protocol;  // "TLSv1.3"
  std::string cipher;
  std::vector<CertificateFacts> certificates;  // as they were sent; the server's own first
};

// What the listener presents. Nothing is believed of it, and no certificate is refused, so that
// wrong ones can be looked at. The place of a finding, and the `file` of the facts, is "HOST:PORT";
// codes are "connection-failed", "no-starttls" and "handshake-failed".
tl::expected<PresentedCertificates, Diagnostic> presented_certificates(const TlsListener& listener);

// "192.0.2.1:25", "[2001:db8::1]:25".
std::string place_of(const TlsListener& listener);

}  // namespace portcullis
