#include "contrib/postfix/postfix_text.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace portcullis {

std::string literal(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '$') quoted += '$';
    quoted += c;
  }
  return quoted;
}

bool is_plain_item(std::string_view text) {
  constexpr std::string_view kSpecial = ",{}\"'`";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return c > ' ' && c <= '~' && kSpecial.find(c) == std::string_view::npos;
  });
}

std::string bracketed(IpAddress address) {
  return address.is_ipv4() ? address.to_string() : '[' + address.to_string() + ']';
}

std::string network_pattern(const IpPrefix& network) {
  return fmt::format("{}/{}", bracketed(network.first()), network.length());
}

std::vector<std::string> split_items(std::string_view list) {
  std::vector<std::string> items;
  std::string item;
  int depth = 0;
  for (const char c : list) {
    const bool parts = c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (parts && depth == 0) {
      if (!item.empty()) items.push_back(std::exchange(item, {}));
      continue;
    }
    if (c == '{') ++depth;
    if (c == '}' && depth > 0) --depth;
    item += c;
  }
  if (!item.empty()) items.push_back(item);
  return items;
}

std::string join_items(const std::vector<std::string>& items, std::string_view separator) {
  return fmt::format("{}", fmt::join(items, separator));
}

std::string without_blanks(std::string_view list) {
  std::vector<std::string> items = split_items(list);
  for (std::string& item : items) {
    if (!item.starts_with('{') || !item.ends_with('}')) continue;
    const std::string_view inner = std::string_view(item).substr(1, item.size() - 2);
    item = '{' + without_blanks(inner) + '}';
  }
  return join_items(items, ",");
}

bool is_same_item(std::string_view item, std::string_view element) {
  return without_blanks(item) == without_blanks(element);
}

std::vector<std::string> without_items(const std::vector<std::string>& items,
                                       const std::function<bool(const std::string&)>& goes) {
  std::vector<std::string> rest;
  for (const std::string& item : items) {
    if (!goes(item)) {
      rest.push_back(item);
    } else if (!rest.empty() && rest.back() == kWarnIfReject) {
      rest.pop_back();
    }
  }
  return rest;
}

std::string without_comments(const std::string& text) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && !line.starts_with('#')) kept += line + '\n';
  }
  return kept;
}

}  // namespace portcullis
