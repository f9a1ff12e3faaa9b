#pragma once

#include <string>
#include <vector>

#include "config/policy_file.h"
#include "policy/connection_table.h"
#include "policy/ip_address.h"
#include "policy/listener.h"

namespace portcullis {

// What the log says only with -v: how a verdict came to be, where its own line does not tell.

// "daemon_name=smtpd daemon_addr=192.0.2.1 daemon_port=25", fit for a line.
std::string service_text(const DaemonMacros& service);

// What the MTA can do, as libmilter's SMFIF_ and SMFIP_ bits, and which steps it was asked for.
std::string negotiation_line(unsigned long offered_actions, unsigned long offered_steps,
                             bool hears_helo);

// Which listener a session came to, and by what.
std::string service_line(const DaemonMacros& service, const std::string& listener, bool assumed);

// How many connections the client's network holds, after its own has been counted or refused.
std::string held_line(IpAddress client, const ConnectionClaim& claim, ConnectionTable& connections);

// What a reload has read of a list file: how many entries, and how many there were before.
std::string list_line(const ListFileSummary& list, const std::vector<ListFileSummary>& before);

}  // namespace portcullis
