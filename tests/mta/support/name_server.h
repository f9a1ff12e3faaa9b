#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace portcullis::testing {

// One record of the DNS: {"ours.test", "MX", "10 mx.ours.test"}, {"mx.ours.test", "A",
// "127.0.0.2"}.
struct NameRecord {
  std::string name;
  std::string type;  // MX, A
  std::string value;
};

// A name server of its own address in 127.0.0.0/8, on the port that every resolver asks: 53, over
// UDP. It has these records, and any other name does not exist.
class NameServer {
 public:
  explicit NameServer(std::vector<NameRecord> records);
  ~NameServer();
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  // For resolv.conf.
  const std::string& address() const { return address_; }

 private:
  void serve() const;
  std::string answer(std::string_view query) const;

  std::vector<NameRecord> records_;
  std::string address_;
  int socket_ = -1;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace portcullis::testing
