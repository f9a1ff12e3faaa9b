#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "tls/certificate_facts.h"

namespace portcullis {

// How an SMTP service is asked.
struct SmtpProbe {
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 25;
  enum class Tls : std::uint8_t { none, starttls, implicit } tls = Tls::none;
  std::string server_name;                     // for SNI; empty: none is sent
  std::chrono::milliseconds patience{10'000};  // for all of it together
};

// What it answered.
struct SmtpAnswer {
  std::string banner;  // the first line of it, as it came
  // With TLS: what was presented, the server's own first. Nobody has verified it.
  std::string protocol;  // "TLSv1.3"
  std::vector<CertificateFacts> certificates;
};

// Connects, reads the greeting, starts TLS where it is asked for, and leaves by QUIT. The text says
// what went wrong: "does not answer: Connection refused", "does not offer STARTTLS". A greeting of
// 4xx or 5xx is an answer if no TLS is asked for: a client that is denied is served too. Bounded in
// time and in what it reads. Blocks; thread-safe; SIGPIPE must be ignored.
tl::expected<SmtpAnswer, std::string> probe_smtp(const SmtpProbe& probe);

}  // namespace portcullis
