#pragma once

#include <cstdint>
#include <string>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/free_port.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {

// A server without TLS that keeps each message in a file: smtp-sink(1) of Postfix. It answers when
// the constructor returns.
class SmtpSink {
 public:
  explicit SmtpSink(const std::string& address = "127.0.0.1", std::uint16_t port = free_port());

  std::string place() const;  // "127.0.0.1:25", "[::1]:25"
  std::uint16_t port() const { return port_; }
  std::size_t messages() const;
  // Waits until it has as many.
  bool gets(std::size_t count) const;
  void stop() { program_.kill(); }

 private:
  ScratchDirectory scratch_{"sink"};
  std::filesystem::path mail_ = scratch_.make_directory("mail", "nobody");
  std::string address_;
  std::uint16_t port_;
  ChildProcess program_;
};

}  // namespace portcullis::testing
