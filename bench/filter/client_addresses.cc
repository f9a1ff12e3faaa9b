#include "bench/filter/client_addresses.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <stdexcept>

#include <arpa/inet.h>

namespace portcullis::bench {
namespace {

constexpr RawAddress kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
constexpr std::size_t kMappedBytes = 12;

// Behind an address in a file of clients.
constexpr const char* kListed = " listed";

bool is_ipv4(const RawAddress& address) {
  return std::equal(kMapped.begin(), kMapped.begin() + kMappedBytes, address.begin());
}

RawAddress parse(const std::string& text) {
  RawAddress address = kMapped;
  const bool ipv6 = text.find(':') != std::string::npos;
  void* const to = ipv6 ? address.data() : address.data() + kMappedBytes;
  if (::inet_pton(ipv6 ? AF_INET6 : AF_INET, text.c_str(), to) != 1) {
    throw std::runtime_error("no address: " + text);
  }
  return address;
}

LoadClient client(const RawAddress& address, bool listed) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4(address)) {
    ::inet_ntop(AF_INET, address.data() + kMappedBytes, text.data(), text.size());
  } else {
    ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
  }
  return {text.data(), !is_ipv4(address), listed};
}

// The first and the last address of a network.
ListedRanges::Range parse_network(const std::string& line) {
  const std::size_t slash = line.find('/');
  const RawAddress address = parse(line.substr(0, slash));
  std::size_t fixed_bits = 128;
  if (slash != std::string::npos) {
    fixed_bits = std::stoul(line.substr(slash + 1)) + (is_ipv4(address) ? 8 * kMappedBytes : 0);
  }
  if (fixed_bits > 128) throw std::runtime_error("no network: " + line);
  ListedRanges::Range range{address, address};
  for (std::size_t i = 0; i < address.size(); ++i) {
    const std::size_t fixed = std::clamp<std::size_t>(fixed_bits, 8 * i, 8 * i + 8) - 8 * i;
    const auto host = static_cast<std::uint8_t>(0xff >> fixed);
    range.first[i] = static_cast<std::uint8_t>(range.first[i] & ~host);
    range.second[i] |= host;
  }
  return range;
}

RawAddress random_address(std::mt19937_64& random) {
  RawAddress address = kMapped;
  const bool ipv6 = random() % 10 == 0;
  for (std::size_t i = ipv6 ? 0 : kMappedBytes; i < address.size(); ++i) {
    address[i] = static_cast<std::uint8_t>(random());
  }
  if (ipv6) {
    address[0] = 0x20;
  } else {
    address[kMappedBytes] = static_cast<std::uint8_t>(1 + random() % 223);
  }
  return address;
}

// The first or the last address of a network: where a wrong answer is most likely.
RawAddress random_listed(std::mt19937_64& random, const std::vector<ListedRanges::Range>& ranges) {
  const ListedRanges::Range& range = ranges[random() % ranges.size()];
  return random() % 2 == 0 ? range.first : range.second;
}

}  // namespace

ListedRanges ListedRanges::read(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  ListedRanges listed;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) listed.ranges_.push_back(parse_network(line));
  }
  std::ranges::sort(listed.ranges_);
  std::vector<Range> disjoint;
  for (const Range& range : listed.ranges_) {
    if (!disjoint.empty() && range.first <= disjoint.back().second) {
      disjoint.back().second = std::max(disjoint.back().second, range.second);
    } else {
      disjoint.push_back(range);
    }
  }
  listed.ranges_ = std::move(disjoint);
  return listed;
}

bool ListedRanges::contains(const RawAddress& address) const {
  const auto after = std::ranges::upper_bound(ranges_, address, {}, &Range::first);
  return after != ranges_.begin() && address <= std::prev(after)->second;
}

std::vector<LoadClient> random_clients(std::size_t count, std::uint64_t seed, double listed_share,
                                       const ListedRanges& listed) {
  std::mt19937_64 random(seed);
  std::bernoulli_distribution wants_listed(listed.ranges().empty() ? 0 : listed_share);
  std::vector<LoadClient> clients;
  while (clients.size() < count) {
    if (wants_listed(random)) {
      clients.push_back(client(random_listed(random, listed.ranges()), true));
      continue;
    }
    const RawAddress address = random_address(random);
    if (!listed.contains(address)) clients.push_back(client(address, false));
  }
  return clients;
}

std::vector<LoadClient> read_clients(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<LoadClient> clients;
  for (std::string line; std::getline(file, line);) {
    const std::size_t end = line.find(' ');
    clients.push_back(client(parse(line.substr(0, end)), line.ends_with(kListed)));
  }
  if (clients.empty()) throw std::runtime_error("no address in " + path);
  return clients;
}

void write_clients(const std::string& path, const std::vector<LoadClient>& clients) {
  std::ofstream file(path);
  for (const LoadClient& each : clients) file << each.text << (each.listed ? kListed : "") << '\n';
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace portcullis::bench
