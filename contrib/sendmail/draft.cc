#include "contrib/sendmail/draft.h"

#include <charconv>

#include <fmt/format.h>

#include "contrib/sendmail/m4_text.h"

namespace portcullis::sendmail {

namespace {

// The number at the start of the text, which loses it and the character behind it.
unsigned take_number(std::string_view& text) {
  unsigned number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(std::min(static_cast<std::size_t>(parsed.ptr - text.data()) + 1, text.size()));
  return number;
}

}  // namespace

constexpr std::size_t kClassLine = 100;  // characters; a line of sendmail.cf may have 2047

void Draft::define(const std::string& macro, const std::string& value, std::uint32_t line) {
  add(macro, m4_define(macro, value), line);
}

void Draft::error(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
                  std::string_view code) {
  found.error(settings.policy_file, line, std::move(culprit), std::move(reason), std::move(repair),
              code);
}

void Draft::warning(std::uint32_t line, std::string culprit, std::string reason, std::string repair,
                    std::string_view code) {
  found.warning(settings.policy_file, line, std::move(culprit), std::move(reason),
                std::move(repair), code);
}

bool Draft::has_version(unsigned major, unsigned minor) const {
  if (!target.version) return true;
  std::string_view text = *target.version;
  const unsigned its_major = take_number(text);
  return its_major > major || (its_major == major && take_number(text) >= minor);
}

bool Draft::usable(const Written<std::string>& value) {
  if (is_plain(value.value)) return true;
  error(value.line, value.value, "has characters that sendmail.cf cannot hold in a name",
        "use letters, digits and / . _ - + @ : % = ~", "unusable-name");
  return false;
}

std::string class_lines(const std::string& name, const std::vector<std::string>& members) {
  std::string lines;
  std::string line;
  for (const std::string& member : members) {
    if (!line.empty() && line.size() + member.size() > kClassLine) {
      lines += fmt::format("C{{{}}}{}\n", name, line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + member;
  }
  return line.empty() ? lines : lines + fmt::format("C{{{}}}{}\n", name, line);
}

}  // namespace portcullis::sendmail
