#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portcullis {

// A line of hosts.allow with those that "\" joins to it.
struct HostsLine {
  std::string text;
  std::uint32_t number = 0;  // of the first
};

// Goes through the lines that are neither blank nor comments ('#' in the first column).
class HostsLines {
 public:
  explicit HostsLines(std::string_view text) : rest_(text) {}
  std::optional<HostsLine> next();

 private:
  std::string_view take_line();

  std::string_view rest_;
  std::uint32_t number_ = 0;
};

// "daemons : clients : option : option", cut at colons that are not in brackets; stripped.
std::vector<std::string_view> split_hosts_line(std::string_view line);

// "a, b EXCEPT c EXCEPT d": {{a, b}, {c}, {d}}. Blanks and commas stand between the words.
std::vector<std::vector<std::string_view>> split_hosts_list(std::string_view list);

}  // namespace portcullis
