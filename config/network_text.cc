#include "config/network_text.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "config/host_name_text.h"

namespace portcullis {
namespace {

using Failure = tl::unexpected<Problem>;

Failure failure(std::string reason, std::string repair = {}) {
  return Failure({std::move(reason), std::move(repair)});
}

constexpr unsigned kMappedBits = 96;  // ::ffff:0:0/96, RFC 4291 section 2.5.5.2
constexpr AddressBits kMappedNetwork = static_cast<AddressBits>(0xffff) << 32;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::optional<unsigned> small_number(std::string_view digits) {
  unsigned value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return {};
  return value;
}

// "010.0.0.1" without its zeros, if that is an address.
std::string without_leading_zeros(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_octet = i == 0 || text[i - 1] == '.';
    const bool more_digits = i + 1 < text.size() && is_digit(text[i + 1]);
    std::size_t skip = i;
    while (starts_octet && more_digits && text[skip] == '0' && skip + 1 < text.size() &&
           is_digit(text[skip + 1])) {
      ++skip;
    }
    i = skip;
    out += text[i];
  }
  return out;
}

// "192.168.1" as the network that was probably meant; `suffix` is what stood behind it: nothing or
// a prefix length.
std::string without_missing_octets(std::string_view text, std::string_view suffix) {
  if (suffix.starts_with('-')) return {};
  std::string filled(text);
  unsigned length = 32;
  while (length > 8 && !IpAddress::parse(filled)) {
    filled += ".0";
    length -= 8;
  }
  if (!IpAddress::parse(filled)) return {};
  return suffix.empty() ? fmt::format("{}/{}", filled, length)
                        : fmt::format("{}{}", filled, suffix);
}

std::string address_repair(std::string_view text, std::string_view suffix, AddressError error) {
  switch (error) {
    case AddressError::leading_zero:
      if (auto repaired = without_leading_zeros(text); IpAddress::parse(repaired)) {
        return fmt::format("write {}{} if decimal is meant", repaired, suffix);
      }
      return "write every octet in decimal, without leading zeros";
    case AddressError::not_four_octets:
      if (auto repaired = without_missing_octets(text, suffix); !repaired.empty()) {
        return fmt::format("did you mean {}?", repaired);
      }
      return "write four octets in decimal";
    case AddressError::zone_id:
      return fmt::format("write {}{}", text.substr(0, text.find('%')), suffix);
    case AddressError::empty:
    case AddressError::bad_character:
    case AddressError::octet_out_of_range:
    case AddressError::bad_ipv6:
      break;
  }
  return {};
}

// A prefix length as it was written, against the width of the address as it was written.
tl::expected<unsigned, Problem> parse_length(std::string_view text, std::string_view address,
                                             unsigned width) {
  if (!all_digits(text)) {
    return failure(fmt::format("has a prefix length that is not a number from 1 to {}", width));
  }
  const auto value = small_number(text);
  if (text.size() > 1 && text.front() == '0') {
    return failure("has a prefix length with a leading zero",
                   value && *value > 0 && *value <= width
                       ? fmt::format("write {}/{}", address, *value)
                       : std::string());
  }
  if (!value || *value > width) {
    return failure(fmt::format("has a prefix length greater than {}", width));
  }
  return *value;
}

// The length of a dotted network mask.
tl::expected<unsigned, Problem> parse_mask(std::string_view text, std::string_view address) {
  const auto mask = IpAddress::parse(text);
  if (!mask || !mask->is_ipv4()) {
    return failure("has a network mask that is not four decimal octets",
                   fmt::format("write {}/24 or {}:255.255.255.0, say", address, address));
  }
  const std::uint32_t bits = mask->ipv4_value();
  const auto length = static_cast<unsigned>(std::countl_one(bits));
  if (length + static_cast<unsigned>(std::countr_zero(bits)) >= 32) return length;
  // Cisco's wildcard masks are the other way round: 0.0.0.255 is /24.
  const auto wildcard_length = static_cast<unsigned>(std::countl_zero(bits));
  if (wildcard_length + static_cast<unsigned>(std::countr_one(bits)) >= 32) {
    return failure("has an inverted network mask",
                   fmt::format("did you mean {}/{}?", address, wildcard_length));
  }
  return failure("has a network mask that is not contiguous",
                 "write one network for each block of addresses");
}

Problem everyone() {
  return {"is everyone: an entry that covers every address is no entry",
          "set default = accept or default = deny of the listener"};
}

std::string host_bits_repair(const IpPrefix& network, IpAddress host) {
  return fmt::format("write {} for the network, or {} for the host", network.to_string(),
                     host.to_string());
}

// The network, once the address and its length are known to fit.
tl::expected<EntryText, Problem> make_network(IpAddress address, unsigned length) {
  if (length == 0) return Failure(everyone());
  const IpPrefix network(address, length);
  EntryText entry{network, std::nullopt};
  if (network.bits() != address.bits()) {
    entry.warning = Problem{"has host bits set", host_bits_repair(network, address)};
  } else if (!address.is_ipv4() && length < kMappedBits &&
             (kMappedNetwork & prefix_mask(length)) == network.bits()) {
    entry.warning = Problem{"covers ::ffff:0:0/96, but IPv4 clients are matched as IPv4",
                            "list the IPv4 networks that are meant on lines of their own"};
  }
  return entry;
}

tl::expected<EntryText, Problem> make_written_network(const WrittenAddress& written,
                                                      unsigned length) {
  if (!written.mapped) return make_network(written.address, length);
  if (length < kMappedBits) {
    return failure("is IPv4-mapped and its prefix is shorter than /96: it holds every IPv4 address",
                   "write the IPv4 network that is meant, e.g. 192.0.2.0/24");
  }
  return make_network(written.address, length - kMappedBits);
}

}  // namespace

tl::expected<WrittenAddress, Problem> parse_address_text(std::string_view text,
                                                         std::string_view suffix) {
  const auto written = parse_written_address(text);
  if (written) return *written;
  return failure(std::string(describe(written.error())),
                 address_repair(text, suffix, written.error()));
}

tl::expected<EntryText, Problem> parse_slash_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const std::string_view suffix = text.substr(slash + 1);
  if (address.empty()) return failure("has no address before its prefix length");
  const auto written = parse_address_text(address, text.substr(slash));
  if (!written && parse_host_name(address)) {
    return failure("is a host name with a prefix length", fmt::format("write {}", address));
  }
  if (!written) return Failure(written.error());
  if (suffix.find('.') != std::string_view::npos && written->address.is_ipv4() &&
      !written->mapped) {
    const auto length = parse_mask(suffix, address);
    if (!length) return Failure(length.error());
    return make_network(written->address, *length);
  }
  const unsigned width = written->mapped ? 128 : written->address.width();
  const auto length = parse_length(suffix, address, width);
  if (!length) return Failure(length.error());
  return make_written_network(*written, *length);
}

tl::expected<EntryText, Problem> parse_colon_mask_network(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view address = text.substr(0, colon);
  const std::string_view mask = text.substr(colon + 1);
  const auto written = parse_address_text(address);
  if (!written) return Failure(written.error());
  if (all_digits(mask)) {
    const unsigned number = small_number(mask).value_or(0);
    std::string repair = fmt::format("write {}: an entry has no port", address);
    if (number >= 1 && number <= 32) {
      repair = host_bits_repair(IpPrefix(written->address, number), written->address);
    }
    return failure("has neither a prefix length nor a network mask behind its address", repair);
  }
  const auto length = parse_mask(mask, address);
  if (!length) return Failure(length.error());
  return make_network(written->address, *length);
}

}  // namespace portcullis
