#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "milter/file_descriptor.h"

namespace portcullis {

// One client of the control socket: first its request is read, then an answer is waited for, then
// the answer is written. Never blocks. For one thread.
class ControlConnection {
 public:
  enum class State : std::uint8_t { reading, waiting, writing, finished };
  using TimePoint = std::chrono::steady_clock::time_point;

  // `socket` is non-blocking.
  ControlConnection(FileDescriptor socket, std::uint64_t number, TimePoint deadline)
      : socket_(std::move(socket)), number_(number), deadline_(deadline) {}

  std::uint64_t number() const { return number_; }
  int descriptor() const { return socket_.get(); }
  State state() const { return state_; }
  // Only while reading or writing.
  TimePoint deadline() const { return deadline_; }
  // The events to poll for.
  short awaited_events() const;

  // Reads what is there. The request, once its line is complete, without the line's end; then the
  // connection waits. A line longer than `max_length` is answered with an error and no request.
  std::optional<std::string> read_request(std::size_t max_length, TimePoint write_deadline);

  // Sets the answer; the rest is write_on().
  void start_reply(std::string reply, TimePoint deadline);
  void write_on();

  void finish() { state_ = State::finished; }

 private:
  FileDescriptor socket_;
  std::uint64_t number_;
  TimePoint deadline_;
  State state_ = State::reading;
  std::string buffer_;    // the request so far, then the reply
  std::size_t sent_ = 0;  // bytes of the reply
};

}  // namespace portcullis
