#include "formats/reading.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/entry_line.h"

namespace portcullis {
namespace {

constexpr std::string_view kNoBreakSpace = "\xc2\xa0";

// Networks of IPv6 addresses that hold IPv4 ones. Unlike ::ffff:0:0/96 they are not folded: the
// client that comes from there is an IPv6 client (RFC 3056, RFC 6052).
std::string_view name_of_embedding(const IpPrefix& network) {
  static const IpPrefix k6to4(*IpAddress::parse("2002::"), 16);
  static const IpPrefix kNat64(*IpAddress::parse("64:ff9b::"), 96);
  if (k6to4.covers(network)) return "2002::/16 (6to4)";
  if (kNat64.covers(network)) return "64:ff9b::/96 (NAT64)";
  return {};
}

// What is worth knowing of a network that is right as it is written.
std::optional<Problem> remark_on(std::string_view text, const Listed& listed) {
  const auto* network = std::get_if<IpPrefix>(&listed);
  if (network == nullptr) return {};
  const bool ipv4 = network->family() == AddressFamily::ipv4;
  const bool ipv6_text = std::ranges::count(text, ':') > 1;
  if (ipv4 && ipv6_text && text.find('/') != std::string_view::npos) {
    return Problem{fmt::format("is IPv4-mapped: it is read as {}", network->to_string())};
  }
  if (const std::string_view name = name_of_embedding(*network); !ipv4 && !name.empty()) {
    return Problem{fmt::format("is in {}: it names IPv6 clients, and no IPv4 client", name)};
  }
  return {};
}

// The length of the UTF-8 sequence at the start of `text`, which is not empty (RFC 3629); 0 if
// there is none, or if it stands for a control character.
std::size_t printable_length(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&byte](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0);
  if (first >= 0x20 && first < 0x7f) return 1;
  if (first >= 0xc2 && first <= 0xdf && continues(1)) {
    return first == 0xc2 && byte(1) < 0xa0 ? 0 : 2;  // U+0080 to U+009F are control characters
  }
  if ((first & 0xf0) == 0xe0 && continues(1) && continues(2)) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xf0 && first <= 0xf4 && continues(1) && continues(2) && continues(3)) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool too_large = first == 0xf4 && byte(1) > 0x8f;
    return overlong || too_large ? 0 : 4;
  }
  return 0;
}

}  // namespace

void Reading::refuse(std::uint32_t line, std::string_view culprit, Problem problem) {
  reading_.diagnostics.error(options_.file, line, std::string(culprit), std::move(problem.reason),
                             std::move(problem.repair));
}

void Reading::repair(std::uint32_t line, std::string_view culprit, Problem problem) {
  reading_.diagnostics.warning(options_.file, line, std::string(culprit), std::move(problem.reason),
                               std::move(problem.repair));
}

void Reading::note(std::uint32_t line, std::string_view culprit, Problem problem) {
  reading_.diagnostics.note(options_.file, line, std::string(culprit), std::move(problem.reason),
                            std::move(problem.repair));
}

bool Reading::add_text(std::string_view text, ListEntry like, std::string_view written) {
  if (written.empty()) written = text;
  if (const std::size_t at = written.find(kNoBreakSpace); at != std::string_view::npos) {
    refuse(like.line, written,
           {fmt::format("has a no-break space as its byte {}", at + 1),
            "write an ordinary blank, or none"});
    return false;
  }
  auto parsed = parse_entry(text);
  if (!parsed) {
    refuse(like.line, written, std::move(parsed.error()));
    return false;
  }
  if (parsed->warning) {
    if (options_.strict) {
      refuse(like.line, written, *std::move(parsed->warning));
      return false;
    }
    repair(like.line, written, *std::move(parsed->warning));
  }
  like.listed = make_entry(EntryLine{text, *parsed, {}}).listed;
  if (auto remark = remark_on(text, like.listed)) note(like.line, written, *std::move(remark));
  add(std::move(like));
  return true;
}

ListEntry Reading::take_last() {
  ListEntry entry = std::move(reading_.entries.back());
  reading_.entries.pop_back();
  return entry;
}

bool Reading::is_readable(std::string_view line, std::uint32_t number) {
  if (line.size() > kMaxLine) {
    refuse(number, line.substr(0, 20),
           {fmt::format("starts a line of {} bytes; {} are the most", line.size(), kMaxLine), {}});
    return false;
  }
  if (line.find('\0') == std::string_view::npos) return true;
  refuse(number, {}, {"holds a NUL byte", "write plain text"});
  return false;
}

std::string Reading::comment(std::string_view text) {
  std::string kept;
  for (text = trim(text); !text.empty();) {
    const std::size_t length = printable_length(text);
    if (text.front() == '\t') {
      kept += ' ';
    } else if (length == 0) {
      kept += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else {
      kept += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return kept;
}

}  // namespace portcullis
