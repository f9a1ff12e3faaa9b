#include "policy/printable.h"

namespace portcullis {
namespace {

constexpr std::string_view kCut = "...";
constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && byte <= 0x7e) {
    out += c;
    return;
  }
  out += "\\x";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 0xf];
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_length) {
  std::string out;
  std::size_t cut_at = 0;  // where "..." still fits, never inside an escape
  for (const char c : text) {
    if (out.size() + kCut.size() <= max_length) cut_at = out.size();
    append_escaped(out, c);
    if (out.size() > max_length) {
      out.resize(cut_at);
      out += kCut.substr(0, max_length - cut_at);
      return out;
    }
  }
  return out;
}

}  // namespace portcullis
