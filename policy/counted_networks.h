#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "policy/ip_prefix.h"

namespace portcullis {

// CountedNetworks is a set of addresses as the fewest networks that hold exactly them. All are
// counted; only the first of them are kept, so that its size is bounded whatever comes.
class CountedNetworks {
 public:
  explicit CountedNetworks(std::size_t max_kept) : max_kept_(max_kept) {}

  // Ranges come in ascending order, IPv4 first, and do not touch: between two of one family lies an
  // address that belongs to neither.
  void add_range(IpAddress first, IpAddress last);

  std::size_t size() const { return size_; }
  // The first max_kept networks.
  const std::vector<IpPrefix>& kept() const { return kept_; }

  // At most 2^32.
  std::uint64_t ipv4_addresses() const { return ipv4_; }
  // In decimal: at most 2^128, which no integer type holds.
  std::string ipv6_addresses() const;

  // "512 IPv4 addresses, 2 IPv6 /64 networks and 3 IPv6 addresses"; "all IPv4 addresses".
  std::string text() const;

 private:
  std::string ipv6_text() const;

  std::size_t max_kept_;
  std::size_t size_ = 0;
  std::vector<IpPrefix> kept_;
  std::uint64_t ipv4_ = 0;
  bool any_ipv6_ = false;
  AddressBits ipv6_ = 0;  // modulo 2^128: zero if there is any means all
};

}  // namespace portcullis
