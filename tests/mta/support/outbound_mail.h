#pragma once

#include <cstdint>
#include <string>

#include "tests/mta/support/mta_instance.h"
#include "tests/mta/support/smtp_client.h"

namespace portcullis::testing {

// For tests of where a generated MTA sends mail on to.

// From here it takes mail for anybody. Its own probes come from elsewhere.
inline constexpr const char* kOutboundSource = "127.0.0.9";

// The policy of an MTA with one listener, "outbound", and with `routes`: sections that say where
// mail goes. No milter runs, and milter_down lets everyone in.
std::string outbound_policy(std::uint16_t port, const std::string& routes);

// That listener, and mx.example.com and others as names of 127.0.0.1.
MtaOptions outbound_options(std::uint16_t port);

// Whether the MTA would take mail for the recipient: the reply to RCPT.
SmtpReplyLines ask_for(const MtaInstance& mta, const std::string& recipient,
                       const std::string& source = kOutboundSource);

// Hands the MTA a message: the reply to it, or to RCPT if that is refused.
SmtpReplyLines send_to(const MtaInstance& mta, const std::string& recipient);

}  // namespace portcullis::testing
