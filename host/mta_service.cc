#include "host/mta_service.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>

namespace portcullis {
namespace {

// RFC 5321, RFC 6409, RFC 8314; a container may lack /etc/services.
constexpr std::array<std::pair<std::string_view, std::uint16_t>, 5> kSmtpPorts = {
    {{"smtp", 25}, {"submission", 587}, {"submissions", 465}, {"smtps", 465}, {"msa", 587}}};

}  // namespace

std::optional<std::uint16_t> port_number(const std::string& text) {
  std::uint16_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec == std::errc() && parsed.ptr == end && number > 0) return number;
  for (const auto& [name, port] : kSmtpPorts) {
    if (name == text) return port;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): said in the contract
  const servent* const service = getservbyname(text.c_str(), "tcp");
  if (service == nullptr) return {};
  return ntohs(static_cast<std::uint16_t>(service->s_port));
}

}  // namespace portcullis
