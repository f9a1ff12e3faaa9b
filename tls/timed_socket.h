#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace portcullis {

// A TCP connection of ours on which nothing waits beyond one deadline. The descriptor does not
// block. Moves; for one thread.
class TimedSocket {
 public:
  using Clock = std::chrono::steady_clock;

  // Tries the addresses of `host`, a name or an address, one after the other. The error says why
  // the last one could not be reached. Looking the name up takes as long as the resolver does.
  static tl::expected<TimedSocket, std::string> connect(const std::string& host, std::uint16_t port,
                                                        Clock::time_point deadline);

  TimedSocket(TimedSocket&& other) noexcept;
  TimedSocket& operator=(TimedSocket&&) = delete;
  ~TimedSocket();

  int fd() const { return fd_; }
  // Until it can be read (POLLIN) or written (POLLOUT). False if the deadline comes first.
  bool wait_for(short events) const;
  // What has come, at most `size` bytes; empty at the end, on an error or at the deadline.
  std::string read_some(std::size_t size) const;
  bool write_all(std::string_view text) const;

 private:
  TimedSocket(int fd, Clock::time_point deadline) : fd_(fd), deadline_(deadline) {}

  int fd_;
  Clock::time_point deadline_;
};

}  // namespace portcullis
