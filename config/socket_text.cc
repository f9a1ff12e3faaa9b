#include <algorithm>

#include <fmt/format.h>

#include "config/value_text.h"
#include "policy/ip_address.h"

namespace portcullis {
namespace {

using Failure = tl::unexpected<Problem>;

constexpr std::size_t kMaxSocketPath = 107;  // sun_path of unix(7), less its NUL

Parsed<std::string> check_inet(std::string_view text, std::string_view rest) {
  const std::size_t at = rest.find('@');
  const std::string_view port = rest.substr(0, at);
  const bool port_is_number =
      !port.empty() && port.size() <= 5 &&
      std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  const bool port_is_good =
      port_is_number && port.front() != '0' && std::stoul(std::string(port)) < 65536;
  if (port_is_good && at != std::string_view::npos && at + 1 < rest.size()) {
    return std::string(text);
  }
  if (port_is_good && at == std::string_view::npos) {
    return Failure({"would listen on every address: whoever reaches it can be the MTA",
                    fmt::format("write {}@127.0.0.1", text)});
  }
  // Postfix has host and port the other way round.
  if (const std::size_t colon = rest.rfind(':'); colon != std::string_view::npos && colon > 0) {
    return Failure(
        {"is no milter socket", fmt::format("write {}:{}@{}", text.substr(0, text.find(':')),
                                            rest.substr(colon + 1), rest.substr(0, colon))});
  }
  return Failure({"is no milter socket", "write it like inet:8891@127.0.0.1"});
}

}  // namespace

Parsed<std::string> parse_path(std::string_view text, const Option&) {
  if (!text.starts_with('/')) {
    return Failure({"is not an absolute path", "start it with /"});
  }
  return std::string(text);
}

Parsed<std::string> parse_socket(std::string_view text, const Option&) {
  const std::size_t colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  if (colon == std::string_view::npos) {
    return Failure({"is no milter socket",
                    text.starts_with('/')
                        ? fmt::format("write unix:{}", text)
                        : std::string("write it like unix:/run/portcullis/milter.sock")});
  }
  const std::string_view rest = text.substr(colon + 1);
  if (kind == "inet" || kind == "inet6") return check_inet(text, rest);
  if (kind == "local") {
    return Failure({"is no milter socket", fmt::format("write unix:{}", rest)});
  }
  if (kind != "unix") {
    return Failure(
        {"is no milter socket", "known here: unix:/path, inet:port@host, inet6:port@host"});
  }
  if (!rest.starts_with('/')) {
    return Failure({"is not an absolute path", fmt::format("write unix:/{}", rest)});
  }
  if (rest.size() > kMaxSocketPath) {
    return Failure(
        {fmt::format("has a path of more than {} bytes", kMaxSocketPath), "choose a shorter path"});
  }
  return std::string(text);
}

}  // namespace portcullis
