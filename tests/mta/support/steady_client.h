#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/mta/support/endpoint.h"
#include "tests/mta/support/smtp_client.h"

namespace portcullis::testing {

// Comes again and again until the end. Waiting is allowed: a client in the backlog is served when
// Postfix is back. To be refused, or to be told anything but 220, is not.
class SteadyClient {
 public:
  explicit SteadyClient(Endpoint server) : server_(std::move(server)) {
    thread_ = std::thread([this] {
      while (!stop_) come();
    });
  }
  ~SteadyClient() { stop(); }
  SteadyClient(const SteadyClient&) = delete;
  SteadyClient& operator=(const SteadyClient&) = delete;

  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // After stop().
  int served() const { return served_; }
  const std::vector<std::string>& troubles() const { return troubles_; }

 private:
  void come() {
    try {
      SmtpClient client(server_);
      const SmtpReplyLines banner = client.read_reply(std::chrono::seconds(60));
      if (banner.code != 220) troubles_.push_back(banner.text);
      client.quit();
      ++served_;
    } catch (const std::exception& error) {
      troubles_.emplace_back(error.what());
    }
  }

  Endpoint server_;
  std::atomic<bool> stop_ = false;
  int served_ = 0;
  std::vector<std::string> troubles_;
  std::thread thread_;
};

}  // namespace portcullis::testing
