#include "config/mta_text.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "config/host_name_text.h"
#include "config/network_text.h"
#include "config/plain_network.h"

namespace portcullis {
namespace {

using Failure = tl::unexpected<Problem>;

constexpr std::size_t kMaxPhrase = 400;  // the greeting of IMail has no more

std::string lower(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return folded;
}

// What a K, M or G behind a number stands for; nothing for another letter.
std::optional<std::uint64_t> factor_of(std::string_view unit) {
  if (unit.empty()) return 1;
  if (unit == "K") return 1024;
  if (unit == "M") return 1024 * 1024;
  if (unit == "G") return 1024 * 1024 * 1024;
  return {};
}

tl::expected<std::string, Problem> name_in_lower_case(std::string_view text) {
  const auto name = parse_host_name(text);
  if (!name) return Failure(name.error());
  if (text.ends_with('.')) return Failure({"ends with a dot", "leave the dot out"});
  return lower(text);
}

tl::expected<std::uint16_t, Problem> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || text.front() == '0' || parsed.ec != std::errc() ||
      parsed.ptr != text.data() + text.size()) {
    return Failure({"has no port from 1 to 65535 behind its colon", "write it like host:25"});
  }
  return port;
}

struct HostAndPort {
  std::string_view host;
  std::string_view port;  // with its colon; may be empty
  bool bracketed = false;
};

// "[h]:25", "[h]", "h:25", "h"; an IPv6 address without brackets has no port.
HostAndPort split_host(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = std::min(text.find(']'), text.size());
    return {text.substr(1, end - 1), text.substr(std::min(end + 1, text.size())), true};
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon != text.rfind(':')) return {text, {}, false};
  return {text.substr(0, colon), text.substr(colon), false};
}

}  // namespace

Parsed<std::uint32_t> parse_size(std::string_view text, const Option& option) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  const auto factor = factor_of({parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)});
  if (parsed.ec != std::errc() || !factor) {
    return Failure({"is not a size", "write a number and a unit: 512K, 10M or 1G"});
  }
  if (number > option.maximum / *factor || number * *factor < option.minimum) {
    return Failure(
        {fmt::format("is not a size from {} to {} bytes", option.minimum, option.maximum), {}});
  }
  return static_cast<std::uint32_t>(number * *factor);
}

Parsed<std::string> parse_phrase(std::string_view text, const Option&) {
  if (text.size() > kMaxPhrase) {
    return Failure({fmt::format("is longer than {} characters", kMaxPhrase), "shorten it"});
  }
  if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) {
    return Failure({"has characters other than printable ASCII", "leave them out"});
  }
  return std::string(text);
}

Parsed<std::string> parse_dns_name(std::string_view text, const Option&) {
  auto name = name_in_lower_case(text);
  if (name && name->starts_with('.')) {
    return Failure({"starts with a dot", "write the name of one host"});
  }
  return name;
}

tl::expected<std::string, Problem> parse_dns_name_or_address(std::string_view text) {
  if (const auto address = IpAddress::parse(text)) return address->to_string();
  auto name = name_in_lower_case(text);
  if (name && name->starts_with('.')) {
    return Failure({"starts with a dot", "write the names one by one"});
  }
  return name;
}

tl::expected<std::string, Problem> parse_domain(std::string_view text) {
  return name_in_lower_case(text);
}

tl::expected<MailHost, Problem> parse_mail_host(std::string_view text) {
  const HostAndPort parts = split_host(text);
  if (!parts.port.empty() && parts.port.front() != ':') {
    return Failure({"has something other than a port behind its bracket", "write [host]:25"});
  }
  MailHost host;
  const auto address = IpAddress::parse(parts.host);
  auto name = parse_dns_name_or_address(parts.host);
  if (!name) {
    return Failure({"is no host: " + name.error().reason,
                    "write a name or an address, such as mx.example.com:25"});
  }
  host.host = *std::move(name);
  host.is_address = address.has_value();
  if (parts.port.empty()) return host;
  const auto port = port_of(parts.port.substr(1));
  if (!port) return Failure(port.error());
  host.port = *port;
  return host;
}

tl::expected<IpPrefix, Problem> parse_relay_network(std::string_view text) {
  const auto entry = parse_entry(text);
  if (!entry) return Failure(entry.error());
  const auto* const network = std::get_if<IpPrefix>(&entry->names);
  if (network == nullptr) {
    return Failure({"is neither an address nor a network",
                    "names can be forged by whoever runs their DNS; write 192.0.2.0/24"});
  }
  if (entry->warning) return Failure(*entry->warning);
  return *network;
}

}  // namespace portcullis
