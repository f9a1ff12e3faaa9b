#include "formats/sendmail_address.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "formats/letters.h"

namespace portcullis {
namespace {

using Result = tl::expected<SendmailAddress, Problem>;

constexpr std::string_view kIpv6 = "IPv6:";
constexpr AddressBits kMappedNetwork = static_cast<AddressBits>(0xffff) << 32;  // ::ffff:0:0/96
constexpr unsigned kMappedLength = 96;

Result refuse(std::string reason, std::string repair = {}) {
  return tl::unexpected(Problem{std::move(reason), std::move(repair)});
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint32_t> number(std::string_view text, int base, std::size_t digits) {
  std::uint32_t value = 0;
  if (text.empty() || text.size() > digits) return {};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return {};
  return value;
}

bool has_leading_zero(std::string_view part) {
  return part.size() > 1 && part.front() == '0';
}

// The unit in which Sendmail shortens addresses of the family, in bits.
unsigned unit(AddressFamily family) {
  return family == AddressFamily::ipv4 ? 8 : 16;
}

unsigned rounded_up(const IpPrefix& network) {
  const unsigned bits = unit(network.family());
  return (network.length() + bits - 1) / bits * bits;
}

Result parse_octets(std::string_view key) {
  const auto octets = split(key, '.');
  if (octets.size() > 4) return refuse("has more than four octets");
  AddressBits bits = 0;
  unsigned length = 0;
  for (const std::string_view octet : octets) {
    const auto value = number(octet, 10, 3);
    if (!value || *value > 255) {
      return refuse(octet.empty() ? "has an empty octet: Sendmail never looks for it"
                                  : "has an octet greater than 255",
                    octet.empty() ? "write the octets without a dot at the end" : "");
    }
    if (has_leading_zero(octet)) {
      return refuse("has an octet with a leading zero: Sendmail never looks for it",
                    "write every octet in decimal, without leading zeros");
    }
    length += 8;
    bits |= static_cast<AddressBits>(*value) << (128 - length);
  }
  return SendmailAddress{IpPrefix(IpAddress::from_bits(bits, AddressFamily::ipv4), length), {}, {}};
}

SendmailAddress mapped_host(IpAddress address) {
  return {IpPrefix::host(address),
          Problem{"is IPv4-mapped: Sendmail never looks for it, IPv4 clients come as IPv4",
                  fmt::format("write Connect:{}", address.to_string())},
          {}};
}

// What is IPv4-mapped in groups.
Result fold_mapped(const SendmailAddress& written) {
  if (written.network.length() < 128) {
    return refuse("holds IPv4-mapped addresses, which Sendmail shows as IPv4",
                  "write the IPv4 network that is meant, e.g. Connect:192.0.2");
  }
  const auto bits = static_cast<std::uint32_t>(written.network.bits());
  return mapped_host(IpAddress::from_ipv4(bits));
}

Result checked(const SendmailAddress& written) {
  const bool mapped = written.network.length() >= kMappedLength &&
                      (written.network.bits() & prefix_mask(kMappedLength)) == kMappedNetwork;
  return mapped ? fold_mapped(written) : written;
}

Result parse_compressed(std::string_view text) {
  if (text.ends_with("::")) {
    return refuse("is one address to Sendmail, and a network to most people",
                  text.size() == 2 ? "write all eight groups"
                                   : fmt::format("write Connect:{}{} for the network", kIpv6,
                                                 text.substr(0, text.size() - 2)));
  }
  const auto address = parse_written_address(text);
  if (!address) return refuse(std::string(describe(address.error())));
  if (address->mapped) return mapped_host(address->address);
  const IpPrefix host = IpPrefix::host(address->address);
  return SendmailAddress{host,
                         {},
                         Problem{"is compressed: Sendmail looks for it only if it is built with "
                                 "confUSE_COMPRESSED_IPV6_ADDRESSES",
                                 fmt::format("write Connect:{}", sendmail_key(host, false))}};
}

Result parse_groups(std::string_view text) {
  const auto groups = split(text, ':');
  if (groups.size() > 8) return refuse("has more than eight groups");
  SendmailAddress written;
  AddressBits bits = 0;
  unsigned length = 0;
  bool zeros = false;
  for (const std::string_view group : groups) {
    const auto value = number(group, 16, 4);
    if (!value) return refuse("has a group that is not one to four hexadecimal digits");
    zeros = zeros || has_leading_zero(group);
    length += 16;
    bits |= static_cast<AddressBits>(*value) << (128 - length);
  }
  written.network = IpPrefix(IpAddress::from_bits(bits, AddressFamily::ipv6), length);
  if (zeros) {
    written.warning =
        Problem{"has a group with a leading zero: Sendmail never looks for it",
                fmt::format("write Connect:{}", sendmail_key(written.network, false))};
  }
  return checked(written);
}

std::string groups_of(const IpPrefix& network) {
  std::string text;
  for (unsigned at = 0; at < network.length(); at += 16) {
    const auto group = static_cast<std::uint32_t>(network.bits() >> (112 - at)) & 0xffffU;
    text += fmt::format("{}{:x}", at == 0 ? "" : ":", group);
  }
  return text;
}

}  // namespace

bool is_sendmail_address(std::string_view key) {
  if (starts_with_word(key, kIpv6)) return true;
  return !key.empty() && std::ranges::all_of(key, [](char c) { return is_digit(c) || c == '.'; });
}

Result parse_sendmail_address(std::string_view key) {
  if (!starts_with_word(key, kIpv6)) return parse_octets(key);
  const std::string_view text = key.substr(kIpv6.size());
  const bool whole =
      text.find("::") != std::string_view::npos || text.find('.') != std::string_view::npos;
  return whole ? parse_compressed(text) : parse_groups(text);
}

std::uint32_t sendmail_key_count(const IpPrefix& network) {
  return std::uint32_t{1} << (rounded_up(network) - network.length());
}

std::string sendmail_key(const IpPrefix& network, bool compressed) {
  if (network.family() == AddressFamily::ipv4) {
    const std::string address = network.first().to_string();
    std::size_t end = 0;
    for (unsigned octet = 0; octet < network.length() / 8; ++octet)
      end = address.find('.', end) + 1;
    return end == 0 ? address : address.substr(0, end - 1);
  }
  if (compressed && network.is_host()) return std::string(kIpv6) + network.first().to_string();
  return std::string(kIpv6) + groups_of(network);
}

IpPrefix sendmail_part(const IpPrefix& network, std::uint32_t number) {
  const unsigned length = rounded_up(network);
  const AddressBits offset = length == 0 ? 0 : static_cast<AddressBits>(number) << (128 - length);
  return {IpAddress::from_bits(network.bits() + offset, network.family()), length};
}

bool is_found_when_compressed(const IpPrefix& network) {
  if (network.family() == AddressFamily::ipv4 || network.is_host()) return true;
  const auto group = [&](unsigned at) {
    return static_cast<std::uint32_t>(network.bits() >> (112 - at)) & 0xffffU;
  };
  for (unsigned at = 0; at < network.length(); at += 16) {
    const bool last = at + 16 == network.length();
    if (group(at) == 0 && (last || group(at + 16) == 0)) return false;
  }
  return true;
}

}  // namespace portcullis
