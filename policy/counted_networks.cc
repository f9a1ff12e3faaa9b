#include "policy/counted_networks.h"

#include <algorithm>

namespace portcullis {
namespace {

std::string decimal(AddressBits value) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  std::ranges::reverse(text);
  return text;
}

std::string counted(AddressBits count, const std::string& singular, const std::string& plural) {
  return decimal(count) + ' ' + (count == 1 ? singular : plural);
}

}  // namespace

void CountedNetworks::add_range(IpAddress first, IpAddress last) {
  const unsigned unused_bits = 128 - first.width();
  const AddressBits count = (last.bits() >> unused_bits) - (first.bits() >> unused_bits) + 1;
  if (first.is_ipv4()) {
    ipv4_ += static_cast<std::uint64_t>(count);
  } else {
    any_ipv6_ = true;
    ipv6_ += count;
  }
  for (const IpPrefix& network : cover_range(first, last)) {
    ++size_;
    if (kept_.size() < max_kept_) kept_.push_back(network);
  }
}

std::string CountedNetworks::ipv6_addresses() const {
  return any_ipv6_ && ipv6_ == 0 ? "340282366920938463463374607431768211456" : decimal(ipv6_);
}

std::string CountedNetworks::ipv6_text() const {
  if (ipv6_ == 0) return "all IPv6 addresses";
  const AddressBits networks = ipv6_ >> 64;
  const AddressBits rest = ipv6_ & ~std::uint64_t{0};
  std::string text;
  if (networks > 0) text = counted(networks, "IPv6 /64 network", "IPv6 /64 networks");
  if (networks > 0 && rest > 0) text += " and ";
  if (rest > 0) text += counted(rest, "IPv6 address", "IPv6 addresses");
  return text;
}

std::string CountedNetworks::text() const {
  std::string text;
  if (ipv4_ == std::uint64_t{1} << 32) {
    text = "all IPv4 addresses";
  } else if (ipv4_ > 0) {
    text = counted(ipv4_, "IPv4 address", "IPv4 addresses");
  }
  if (ipv4_ > 0 && any_ipv6_) text += ", ";
  if (any_ipv6_) text += ipv6_text();
  return text;
}

}  // namespace portcullis
