#include "config/host_name_text.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace portcullis {
namespace {

constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxName = 253;

using Failure = tl::unexpected<Problem>;

Failure failure(std::string reason, std::string repair = {}) {
  return Failure({std::move(reason), std::move(repair)});
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' ||
         c == '.';
}

bool is_not_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// 10, 0x7f: what inet_aton(3) would read as a number.
bool is_number(std::string_view label) {
  if (label.starts_with("0x") || label.starts_with("0X")) {
    label.remove_prefix(2);
    return std::ranges::all_of(label, [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
  }
  return std::ranges::all_of(label, is_digit);
}

tl::expected<void, Problem> check_characters(std::string_view text) {
  if (std::ranges::all_of(text, is_name_character)) return {};
  if (text.find("\xc2\xa0") != std::string_view::npos) {
    return failure("holds a no-break space", "write an ordinary blank, or none");
  }
  if (std::ranges::any_of(text, is_not_ascii)) {
    return failure("has characters other than ASCII",
                   "write an internationalised name in its ASCII form (xn--...)");
  }
  return failure("is neither an address, a network, a range nor a host name");
}

tl::expected<void, Problem> check_labels(std::string_view name) {
  if (name.size() > kMaxName) return failure("is longer than the 253 octets of a host name");
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (label.empty()) return failure("has an empty label between its dots");
    if (label.size() > kMaxLabel) return failure("has a label of more than 63 octets");
    if (label.front() == '-' || label.back() == '-') {
      return failure("has a label that starts or ends with a hyphen");
    }
    if (dot == std::string_view::npos) return {};
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

tl::expected<EntryText, Problem> parse_host_name(std::string_view text) {
  if (const auto checked = check_characters(text); !checked) return Failure(checked.error());
  std::string_view name = text;
  const bool is_domain = name.starts_with('.');
  if (is_domain) name.remove_prefix(1);
  if (name.ends_with('.')) {
    const bool number = is_number(name.substr(0, name.find('.')));
    return failure("ends with a dot",
                   number ? "write a network with its length, e.g. 192.0.2.0/24"
                          : fmt::format("write {}", text.substr(0, text.size() - 1)));
  }
  if (const auto checked = check_labels(name); !checked) return Failure(checked.error());
  const std::size_t last_dot = name.rfind('.');  // npos + 1 is 0
  if (is_number(name.substr(last_dot + 1))) {
    return failure("ends in a number: it is no host name, and no complete address",
                   "write all four octets in decimal; a network needs its length too, e.g. "
                   "192.0.2.0/24");
  }
  EntryText entry{HostName{text}, std::nullopt};
  if (!is_domain && last_dot == std::string_view::npos && name != "localhost") {
    entry.warning = Problem{"is a host name without a domain: no client has such a verified name",
                            fmt::format("write the full name, or .{} for a whole domain", name)};
  }
  return entry;
}

}  // namespace portcullis
