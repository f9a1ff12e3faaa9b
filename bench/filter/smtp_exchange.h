#pragma once

#include <cstdint>
#include <string>

#include "bench/filter/latencies.h"
#include "bench/filter/load_loop.h"
#include "tests/mta/support/endpoint.h"

namespace portcullis::bench {

// What the SMTP clients of one run share. For one thread.
struct SmtpLoad {
  testing::Endpoint server;  // on 127.0.0.0/8
  std::uint32_t next_source = 0;
  Latencies banner{};   // from connect(2) to the banner
  Latencies session{};  // to the answer to QUIT
};

// SmtpExchange is one SMTP session after another, each from an address of its own in 127.1.0.0/16:
// banner, HELO, QUIT. A session that is not greeted with 220 has failed.
class SmtpExchange : public Exchange {
 public:
  explicit SmtpExchange(SmtpLoad& load) : load_(load) {}
  ~SmtpExchange() override { close(); }

  std::optional<int> open() override;
  State advance() override;
  std::string failure() const override { return failure_; }

 private:
  enum class Step { banner, helo, quit };

  State on_line(const std::string& line);
  bool send(const std::string& line);
  State fail(const std::string& reason);
  void close();

  SmtpLoad& load_;
  int socket_ = -1;
  Step step_ = Step::banner;
  Clock::time_point opened_;
  std::string received_;
  std::string failure_;
};

}  // namespace portcullis::bench
