#include "contrib/sendmail/network_tokens.h"

#include <fmt/format.h>

namespace portcullis::sendmail {
namespace {

constexpr unsigned kIpv4Part = 8;
constexpr unsigned kIpv6Part = 16;

std::string leading_parts(AddressBits bits, unsigned parts, bool ipv4) {
  const unsigned width = ipv4 ? kIpv4Part : kIpv6Part;
  std::string text = ipv4 ? "" : "IPv6";
  for (unsigned part = 0; part < parts; ++part) {
    const auto value =
        static_cast<unsigned>(bits >> (128 - width * (part + 1))) & ((1U << width) - 1);
    if (ipv4) {
      text += fmt::format("{}{}", part == 0 ? "" : ".", value);
    } else {
      text += fmt::format(":{:x}", value);
    }
  }
  return text;
}

}  // namespace

std::vector<std::string> network_tokens(const IpPrefix& network) {
  const bool ipv4 = network.family() == AddressFamily::ipv4;
  const unsigned width = ipv4 ? kIpv4Part : kIpv6Part;
  const unsigned parts = (network.length() + width - 1) / width;
  const unsigned spare = parts * width - network.length();
  if (std::size_t{1} << spare > kMaxTokens) return {};
  if (parts == 0) return {ipv4 ? "" : "IPv6"};
  std::vector<std::string> tokens;
  const AddressBits step = static_cast<AddressBits>(1) << (128 - parts * width);
  AddressBits bits = network.bits();
  for (std::size_t i = 0; i < std::size_t{1} << spare; ++i, bits += step) {
    tokens.push_back(leading_parts(bits, parts, ipv4));
  }
  return tokens;
}

}  // namespace portcullis::sendmail
