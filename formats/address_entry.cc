#include "formats/address_entry.h"

#include <algorithm>

#include <fmt/format.h>

#include "formats/text_lines.h"

namespace portcullis {
namespace {

constexpr std::size_t kNetworksInRepair = 4;  // more nobody types

bool has_colon_mask(std::string_view text, const IpPrefix& network) {
  return network.family() == AddressFamily::ipv4 && std::ranges::count(text, ':') == 1;
}

std::string without_blanks(std::string_view text) {
  std::string kept(text);
  std::erase_if(kept, [](char c) { return c == ' ' || c == '\t'; });
  return kept;
}

// "10.0.0.0 : 255.0.0.0": blanks at what holds the parts of an entry together.
bool is_cut_entry(std::string_view word, std::string_view rest, const std::string& joined) {
  constexpr std::string_view kJoints = ":/-";
  const bool at_joint = kJoints.find(word.back()) != std::string_view::npos ||
                        kJoints.find(rest.front()) != std::string_view::npos;
  return at_joint && parse_entry(joined).has_value();
}

}  // namespace

std::optional<std::string_view> only_word(Reading& reading, std::string_view content,
                                          std::uint32_t line) {
  const std::string_view whole = content;
  const std::string_view word = take_word(content);
  if (content.empty()) return word;
  if (const std::string joined = without_blanks(whole); is_cut_entry(word, content, joined)) {
    reading.refuse(line, whole, {"has a blank within", fmt::format("write {}", joined)});
  } else {
    reading.refuse(line, content,
                   {fmt::format("stands after the entry \"{}\"", word),
                    "write one entry on a line, and a # before a comment"});
  }
  return {};
}

std::string as_networks(const AddressRange& range) {
  const auto networks = cover_range(range.first, range.last);
  if (networks.size() > kNetworksInRepair) {
    return fmt::format("write the {} networks that it is made of, {} the first of them",
                       networks.size(), networks.front().to_string());
  }
  std::string text = "write";
  for (const IpPrefix& network : networks) {
    text += text.size() > 5 ? ", " : " ";
    text += network.to_string();
  }
  return text;
}

std::optional<Problem> not_an_address_of(std::string_view format, std::string_view text,
                                         AddressForms forms) {
  const auto parsed = parse_entry(text);
  if (!parsed) return {};
  if (std::holds_alternative<HostName>(parsed->names)) {
    return Problem{fmt::format("is no address: {} holds no names", format)};
  }
  const auto* range = std::get_if<AddressRange>(&parsed->names);
  if (range != nullptr && !forms.ranges) {
    return Problem{fmt::format("is a range: {} holds none", format), as_networks(*range)};
  }
  const auto* network = std::get_if<IpPrefix>(&parsed->names);
  if (network != nullptr && !forms.colon_masks && has_colon_mask(text, *network)) {
    return Problem{fmt::format("has a colon before its mask: {} has none", format),
                   fmt::format("write {}", network->to_string())};
  }
  return {};
}

}  // namespace portcullis
