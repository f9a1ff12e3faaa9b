#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/diagnostic.h"

#include "formats/reading.h"

// For formats with one entry on a line.
namespace portcullis {

// The only word of `content`. Nothing, and the line refused, if there are more.
std::optional<std::string_view> only_word(Reading& reading, std::string_view content,
                                          std::uint32_t line);

// What an entry may be besides an address or a CIDR network.
struct AddressForms {
  bool ranges = false;
  bool colon_masks = false;
};

// Why `text`, right as it may be elsewhere, is no entry of `format` ("a Trend Micro list"), which
// holds no host names; nothing if it is one, or is wrong everywhere.
std::optional<Problem> not_an_address_of(std::string_view format, std::string_view text,
                                         AddressForms forms);

// "write 192.0.2.0/30, 192.0.2.4": the networks of a range.
std::string as_networks(const AddressRange& range);

}  // namespace portcullis
