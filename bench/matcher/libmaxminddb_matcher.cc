// libmaxminddb on a file with the same answers.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include <maxminddb.h>
#include <netinet/in.h>
#include <unistd.h>

#include "bench/matcher/mmdb_writer.h"
#include "bench/matcher/timed_matcher.h"

namespace portcullis::bench {

namespace {

void make_key(sockaddr_in& key, IpAddress address) {
  key.sin_family = AF_INET;
  key.sin_addr.s_addr = htonl(address.ipv4_value());
}

void make_key(sockaddr_in6& key, IpAddress address) {
  key.sin6_family = AF_INET6;
  const Ipv6Bytes bytes = network_order(address);
  std::memcpy(&key.sin6_addr, bytes.data(), bytes.size());
}

// `SocketAddress` is what the library takes. It maps the file, which has no name any more then.
template <typename SocketAddress>
class MaxMindDb {
 public:
  using Key = SocketAddress;
  static Key key(IpAddress address) {
    Key key{};
    make_key(key, address);
    return key;
  }

  explicit MaxMindDb(const std::string& bytes) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("portcullis-bench-" + std::to_string(getpid()) + ".mmdb");
    std::ofstream(path, std::ios::binary) << bytes;
    const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, &db_);
    std::filesystem::remove(path);
    if (status == MMDB_SUCCESS) return;
    std::fprintf(stderr, "libmaxminddb refuses our file: %s\n", MMDB_strerror(status));
    std::abort();
  }
  ~MaxMindDb() { MMDB_close(&db_); }
  MaxMindDb(const MaxMindDb&) = delete;
  MaxMindDb& operator=(const MaxMindDb&) = delete;

  Outcome find(const Key& key) const {
    int error = 0;
    MMDB_lookup_result_s result =
        MMDB_lookup_sockaddr(&db_, reinterpret_cast<const sockaddr*>(&key), &error);
    if (!result.found_entry) return kNoOutcome;
    static constexpr const char* kRoot[] = {nullptr};
    MMDB_entry_data_s data;
    MMDB_aget_value(&result.entry, &data, kRoot);
    return data.uint32;
  }
  std::size_t memory_bytes() const { return static_cast<std::size_t>(db_.file_size); }

 private:
  MMDB_s db_{};
};

}  // namespace

void append_libmaxminddb(Matchers& matchers, const std::vector<PrefixOutcome>& sorted) {
  constexpr std::size_t kMaxEntries = 2'000'000;
  const bool ipv4 = sorted.front().prefix.family() == AddressFamily::ipv4;
  if (sorted.size() > kMaxEntries) {
    std::fputs("libmaxminddb is left out: the file takes too long to write\n", stderr);
  } else if (ipv4) {
    using Ipv4 = TimedMatcher<MaxMindDb<sockaddr_in>>;
    matchers.push_back(std::make_unique<Ipv4>("libmaxminddb", mmdb_of(sorted)));
  } else {
    using Ipv6 = TimedMatcher<MaxMindDb<sockaddr_in6>>;
    matchers.push_back(std::make_unique<Ipv6>("libmaxminddb", mmdb_of(sorted)));
  }
}

}  // namespace portcullis::bench
