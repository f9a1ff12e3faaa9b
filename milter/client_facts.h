#pragma once

#include <optional>
#include <string_view>

#include <libmilter/mfapi.h>
#include <sys/socket.h>

#include "milter/session.h"

namespace portcullis {

// The macros that client_facts() reads: what the MTA is asked for. The list replaces the MTA's own,
// so the operator need not configure any.
inline constexpr const char* kConnectMacros =
    "{daemon_name} {daemon_addr} {daemon_port} {client_resolve}";

// The client's address. None for local submission, which libmilter shows as a null pointer or a
// Unix address.
std::optional<IpAddress> client_address(const sockaddr* peer);

// `host` if it is a name that the MTA has verified: it says so by {client_resolve} = OK, and it is
// not an address in brackets, which is how both MTAs write "no name". Otherwise empty: a name that
// the client's own DNS made up must grant nothing. Reads no more than 256 bytes.
std::string_view verified_name(const char* host, std::string_view client_resolve);

// Everything of the CONNECT step. The views live as long as the callback.
ConnectFacts client_facts(SMFICTX* context, const char* host, const sockaddr* peer);

}  // namespace portcullis
