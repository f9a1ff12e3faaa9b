#pragma once

#include <string>

namespace portcullis::testing {

// libmilter and Sendmail write "inet:8891@127.0.0.1", Postfix writes "inet:127.0.0.1:8891".
// A Unix socket is "unix:/path" everywhere.
inline std::string postfix_milter_address(const std::string& libmilter_address) {
  const std::size_t colon = libmilter_address.find(':');
  const std::size_t at = libmilter_address.find('@');
  if (!libmilter_address.starts_with("inet") || at == std::string::npos) return libmilter_address;
  const std::string port = libmilter_address.substr(colon + 1, at - colon - 1);
  const std::string host = libmilter_address.substr(at + 1);
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return "inet:" + (bare_ipv6 ? "[" + host + "]" : host) + ":" + port;
}

}  // namespace portcullis::testing
