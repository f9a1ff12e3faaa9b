#include "formats/sender_text.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "config/entry_text.h"

namespace portcullis {
namespace {

using Failure = tl::unexpected<Problem>;
using Checked = tl::expected<void, Problem>;

Failure failure(std::string reason, std::string repair = {}) {
  return Failure({std::move(reason), std::move(repair)});
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// atext of RFC 5322 section 3.2.3, and the dot between atoms.
bool is_user_character(char c) {
  return is_alphanumeric(c) || std::string_view("!#$%&'+-/=?^_`{|}~.").find(c) != std::string::npos;
}

bool is_domain_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
}

bool is_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const auto parsed = parse_entry(text);
  return parsed && !std::holds_alternative<HostName>(parsed->names);
}

bool is_host(std::string_view text) {
  const auto parsed = parse_entry(text);
  return parsed && std::holds_alternative<HostName>(parsed->names) && !text.starts_with('.');
}

// "10.0.0.1", and also what would be refused as an address.
bool is_number(std::string_view text) {
  return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

Failure client() {
  return failure("is an IP address: senders are mail addresses", "put it into a list of clients");
}

Failure without_at(std::string_view text) {
  if (is_address(text)) return client();
  return failure("is no mail address",
                 is_host(text) ? fmt::format("write @{} for a whole domain", text)
                               : "write user@example.com, @example.com or @*example.com");
}

Checked check_user(std::string_view user, std::string_view host) {
  if (user == "*") return failure("has a wildcard for its user", fmt::format("write @{}", host));
  if (user.find('*') != std::string_view::npos) {
    return failure("has a wildcard in its user", "list every user, or the whole domain");
  }
  if (!std::ranges::all_of(user, is_user_character)) {
    return failure("has a user that is not of letters, digits and !#$%&'+-/=?^_`{|}~.");
  }
  return {};
}

Checked check_suffix(std::string_view suffix) {
  if (suffix.empty() || suffix == ".") return failure("is everyone who sends mail");
  if (suffix.find('*') != std::string_view::npos) {
    return failure("has a second wildcard", "write the end of the domain behind a single *");
  }
  if (suffix.ends_with('.')) {
    return failure("ends with a dot",
                   fmt::format("write @*{}", suffix.substr(0, suffix.size() - 1)));
  }
  if (!std::ranges::all_of(suffix, is_domain_character)) {
    return failure("has no end of a domain behind its wildcard");
  }
  return {};
}

Checked check_host(std::string_view host) {
  if (host.empty()) return failure("has no domain");
  if (host.starts_with('.')) {
    return failure("has an empty label at the start of its domain",
                   fmt::format("write @*{} for all below {}", host, host.substr(1)));
  }
  if (host.ends_with('.')) return failure("ends with a dot", "write the domain without it");
  if (host.find('*') != std::string_view::npos) {
    return failure("has a wildcard that does not start its domain",
                   "write the end of the domain behind it: @*example.com");
  }
  if (host.starts_with('[') || is_number(host) || is_address(host)) return client();
  const auto parsed = parse_entry(host);
  if (!parsed) return Failure(parsed.error());
  return {};
}

Checked check(std::string_view user, std::string_view host) {
  if (auto checked = check_user(user, host); !checked) return checked;
  if (!host.starts_with('*')) return check_host(host);
  if (!user.empty()) return failure("has a user and a wildcard", fmt::format("write @{}", host));
  return check_suffix(host.substr(1));
}

}  // namespace

tl::expected<ListedSender, Problem> parse_sender(std::string_view text) {
  if (text.starts_with('<') && text.ends_with('>')) {
    return failure("has angle brackets", fmt::format("write {}", text.substr(1, text.size() - 2)));
  }
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return without_at(text);
  if (text.find('@', at + 1) != std::string_view::npos) {
    return failure("has more than one @", "write one sender on a line");
  }
  if (auto checked = check(text.substr(0, at), text.substr(at + 1)); !checked) {
    return Failure(std::move(checked.error()));
  }
  ListedSender sender{std::string(text)};
  for (char& c : sender.text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return sender;
}

bool add_client_or_sender(Reading& reading, std::string_view text, ListEntry like) {
  if (text.find('@') == std::string_view::npos) return reading.add_text(text, std::move(like));
  auto sender = parse_sender(text);
  if (!sender) {
    reading.refuse(like.line, text, std::move(sender.error()));
    return false;
  }
  like.listed = *std::move(sender);
  reading.add(std::move(like));
  return true;
}

}  // namespace portcullis
