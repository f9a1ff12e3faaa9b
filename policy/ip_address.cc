#include "policy/ip_address.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace portcullis {
namespace {

constexpr AddressBits kMappedPrefix = static_cast<AddressBits>(0xffff) << 32;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

tl::expected<std::uint8_t, AddressError> parse_octet(std::string_view text) {
  if (text.empty()) return tl::unexpected(AddressError::not_four_octets);
  if (!std::ranges::all_of(text, is_digit)) return tl::unexpected(AddressError::bad_character);
  if (text.size() > 1 && text.front() == '0') return tl::unexpected(AddressError::leading_zero);
  unsigned value = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || value > 255) {
    return tl::unexpected(AddressError::octet_out_of_range);
  }
  return static_cast<std::uint8_t>(value);
}

tl::expected<std::uint32_t, AddressError> parse_ipv4(std::string_view text) {
  std::uint32_t value = 0;
  for (int octets = 1; octets <= 4; ++octets) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (octets == 4)) {
      const bool all_digits =
          std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
      return tl::unexpected(all_digits ? AddressError::not_four_octets
                                       : AddressError::bad_character);
    }
    const auto octet = parse_octet(text.substr(0, dot));
    if (!octet) return tl::unexpected(octet.error());
    value = value << 8 | *octet;
    text.remove_prefix(octets == 4 ? text.size() : dot + 1);
  }
  return value;
}

// One to four hexadecimal digits.
bool parse_group(std::string_view text, std::uint16_t& group) {
  if (text.empty() || text.size() > 4) return false;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, group, 16);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

// The groups of one side of "::", an IPv4 tail counting as two. Returns how many, or -1.
struct Groups {
  std::array<std::uint16_t, 8> value{};
  int count = 0;
};

tl::expected<Groups, AddressError> parse_groups(std::string_view text, bool may_end_in_ipv4) {
  Groups groups;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && may_end_in_ipv4 && part.find('.') != std::string_view::npos) {
      const auto tail = parse_ipv4(part);
      if (!tail) return tl::unexpected(tail.error());
      if (groups.count > 6) return tl::unexpected(AddressError::bad_ipv6);
      groups.value[static_cast<std::size_t>(groups.count++)] =
          static_cast<std::uint16_t>(*tail >> 16);
      groups.value[static_cast<std::size_t>(groups.count++)] = static_cast<std::uint16_t>(*tail);
      return groups;
    }
    std::uint16_t group = 0;
    if (groups.count == 8 || !parse_group(part, group)) {
      return tl::unexpected(AddressError::bad_ipv6);
    }
    groups.value[static_cast<std::size_t>(groups.count++)] = group;
    if (last) return groups;
    text.remove_prefix(colon + 1);
    if (text.empty()) return tl::unexpected(AddressError::bad_ipv6);  // "1:2:...:"
  }
  return groups;
}

AddressBits join(const Groups& head, const Groups& tail) {
  AddressBits bits = 0;
  for (int i = 0; i < head.count; ++i) {
    bits |= static_cast<AddressBits>(head.value[static_cast<std::size_t>(i)]) << (112 - 16 * i);
  }
  for (int i = 0; i < tail.count; ++i) {
    bits |= static_cast<AddressBits>(tail.value[static_cast<std::size_t>(i)])
            << (16 * (tail.count - 1 - i));
  }
  return bits;
}

tl::expected<AddressBits, AddressError> parse_ipv6(std::string_view text) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto all = parse_groups(text, true);
    if (!all) return tl::unexpected(all.error());
    if (all->count != 8) return tl::unexpected(AddressError::bad_ipv6);
    return join(*all, {});
  }
  const auto head = parse_groups(text.substr(0, gap), false);
  const auto tail = parse_groups(text.substr(gap + 2), true);
  if (!head) return tl::unexpected(head.error());
  if (!tail) return tl::unexpected(tail.error());
  // "::" stands for at least one group (RFC 4291 section 2.2), as inet_pton(3) has it.
  if (head->count + tail->count > 7) return tl::unexpected(AddressError::bad_ipv6);
  return join(*head, *tail);
}

// The longest run of two or more zero groups, the first of equals (RFC 5952 section 4.2).
struct Run {
  int start = -1;
  int length = 0;
};

Run longest_zero_run(const std::array<std::uint16_t, 8>& groups) {
  Run best;
  Run run;
  for (int i = 0; i < 8; ++i) {
    if (groups[static_cast<std::size_t>(i)] != 0) {
      run = {};
      continue;
    }
    if (run.length++ == 0) run.start = i;
    if (run.length > 1 && run.length > best.length) best = run;
  }
  return best;
}

void append_group(std::string& out, unsigned group) {
  std::array<char, 4> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16);
  out.append(digits.data(), written.ptr);
}

char* put_octet(char* end, unsigned octet) {
  if (octet >= 100) *end++ = static_cast<char>('0' + octet / 100);
  if (octet >= 10) *end++ = static_cast<char>('0' + octet / 10 % 10);
  *end++ = static_cast<char>('0' + octet % 10);
  return end;
}

// Every decision is logged with one: by hand, since a string that grows costs more than a lookup.
std::string ipv4_text(std::uint32_t value) {
  std::array<char, sizeof "255.255.255.255" - 1> text{};
  char* end = put_octet(text.data(), value >> 24);
  for (int shift = 16; shift >= 0; shift -= 8) {
    *end++ = '.';
    end = put_octet(end, value >> shift & 0xff);
  }
  return {text.data(), end};
}

std::string ipv6_text(AddressBits bits) {
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<std::uint16_t>(bits >> (112 - 16 * i));
  }
  const Run zeros = longest_zero_run(groups);
  std::string out;
  for (int i = 0; i < 8;) {
    if (i == zeros.start) {
      out += "::";
      i += zeros.length;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    append_group(out, groups[static_cast<std::size_t>(i)]);
    ++i;
  }
  return out;
}

}  // namespace

std::string_view describe(AddressError error) {
  switch (error) {
    case AddressError::empty:
      return "is empty where an address was expected";
    case AddressError::bad_character:
      return "is not an IP address";
    case AddressError::leading_zero:
      return "has an octet with a leading zero, which programs read as octal or as decimal";
    case AddressError::octet_out_of_range:
      return "has an octet greater than 255";
    case AddressError::not_four_octets:
      return "does not have four octets";
    case AddressError::zone_id:
      return "has a zone id, which means nothing outside one host";
    case AddressError::bad_ipv6:
      return "is not an IPv6 address";
  }
  return "is not an IP address";
}

IpAddress IpAddress::from_ipv6(const std::array<std::uint8_t, 16>& bytes) {
  AddressBits bits = 0;
  for (const std::uint8_t byte : bytes) bits = bits << 8 | byte;
  if (bits >> 32 == kMappedPrefix >> 32) return from_ipv4(static_cast<std::uint32_t>(bits));
  return {bits, AddressFamily::ipv6};
}

tl::expected<WrittenAddress, AddressError> parse_written_address(std::string_view text) {
  if (text.empty()) return tl::unexpected(AddressError::empty);
  if (text.find(':') == std::string_view::npos) {
    if (text.find('%') != std::string_view::npos) return tl::unexpected(AddressError::zone_id);
    const auto value = parse_ipv4(text);
    if (!value) return tl::unexpected(value.error());
    return WrittenAddress{IpAddress::from_ipv4(*value), false};
  }
  if (text.find('%') != std::string_view::npos) return tl::unexpected(AddressError::zone_id);
  const auto bits = parse_ipv6(text);
  if (!bits) return tl::unexpected(bits.error());
  if (*bits >> 32 == kMappedPrefix >> 32) {
    return WrittenAddress{IpAddress::from_ipv4(static_cast<std::uint32_t>(*bits)), true};
  }
  return WrittenAddress{IpAddress::from_bits(*bits, AddressFamily::ipv6), false};
}

tl::expected<IpAddress, AddressError> IpAddress::parse(std::string_view text) {
  return parse_written_address(text).map([](const WrittenAddress& w) { return w.address; });
}

std::string IpAddress::to_string() const {
  return is_ipv4() ? ipv4_text(ipv4_value()) : ipv6_text(bits());
}

}  // namespace portcullis
