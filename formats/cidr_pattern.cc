#include "formats/cidr_pattern.h"

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "config/entry_text.h"

#include "formats/letters.h"
#include "formats/networks_only.h"

namespace portcullis {
namespace {

using Result = tl::expected<CidrPattern, Problem>;

constexpr std::string_view kSkips = ": Postfix skips this line";
constexpr unsigned kMappedBits = 96;  // of ::ffff:0:0/96

Result refuse(std::string_view reason, std::string repair = {}) {
  return tl::unexpected(Problem{fmt::format("{}{}", reason, kSkips), std::move(repair)});
}

// The address and its length without the brackets around one or both.
tl::expected<std::string, Problem> bare_pattern(std::string_view text) {
  if (!text.starts_with('[')) return std::string(text);
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) {
    return tl::unexpected(
        Problem{fmt::format("has no ] for its [{}", kSkips), fmt::format("write {}]", text)});
  }
  const std::string_view inside = text.substr(1, close - 1);
  const std::string_view behind = text.substr(close + 1);
  const bool length = inside.find('/') != std::string_view::npos;
  if (!behind.empty() && (behind.front() != '/' || length)) {
    return tl::unexpected(Problem{fmt::format("has \"{}\" behind its ]{}", behind, kSkips),
                                  fmt::format("write [{}]", inside)});
  }
  return fmt::format("{}{}", inside, behind);
}

// What is wrong with a text that is no pattern.
Result no_pattern(std::string_view text) {
  const auto entry = parse_entry(text);
  if (!entry) return refuse(entry.error().reason, entry.error().repair);
  if (std::holds_alternative<HostName>(entry->names)) {
    return refuse("is a host name, and a cidr table holds addresses",
                  "put it into a hash or a regexp table");
  }
  return refuse("is not written as an address or a network with its length",
                networks_repair(*entry));
}

// Postfix reads it with atoi(3): zeros in front do not matter.
std::optional<unsigned> parse_length(std::string_view text, unsigned most) {
  unsigned length = 0;
  if (!all_digits(text)) return {};
  const auto end = std::from_chars(text.data(), text.data() + text.size(), length);
  if (end.ec != std::errc() || length > most) return {};
  return length;
}

Result make_mapped(const IpAddress& address, unsigned length) {
  if (length < kMappedBits) {  // it has host bits too
    return refuse("is IPv4-mapped and its prefix is shorter than /96",
                  "write the IPv4 network that is meant, e.g. 192.0.2.0/24");
  }
  const IpPrefix network(address, length - kMappedBits);
  return CidrPattern{network,
                     Problem{"is IPv4-mapped: Postfix never matches it, IPv4 clients come as IPv4",
                             fmt::format("write {}", network.to_string())}};
}

}  // namespace

Result parse_cidr_pattern(std::string_view text) {
  const auto plain = bare_pattern(text);
  if (!plain) return tl::unexpected(plain.error());
  const std::string_view written = *plain;
  const std::size_t slash = written.find('/');
  const auto address = parse_written_address(written.substr(0, slash));
  if (!address) return no_pattern(written);
  const unsigned most = address->mapped ? 128 : address->address.width();
  const auto length =
      slash == std::string_view::npos ? most : parse_length(written.substr(slash + 1), most);
  if (!length) return no_pattern(written);
  if (address->mapped) return make_mapped(address->address, *length);
  CidrPattern pattern{IpPrefix(address->address, *length), {}};
  if (pattern.network.bits() != address->address.bits()) {
    pattern.warning =
        Problem{"has host bits set: Postfix skips this line",
                fmt::format("write {} for the network, or {} for the host",
                            pattern.network.to_string(), address->address.to_string())};
  }
  return pattern;
}

}  // namespace portcullis
