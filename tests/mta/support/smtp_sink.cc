#include "tests/mta/support/smtp_sink.h"

#include <stdexcept>
#include <system_error>

#include <fmt/core.h>

#include "tests/mta/support/eventually.h"
#include "tests/mta/support/smtp_client.h"

namespace portcullis::testing {

SmtpSink::SmtpSink(const std::string& address, std::uint16_t port)
    : address_(address),
      port_(port),
      program_({"/usr/sbin/smtp-sink", "-u", "nobody", "-d", mail_ / "message.", place(), "100"},
               {.output = scratch_ / "output"}) {
  const bool ready = eventually([&] {
    try {
      return SmtpClient({.address = address_, .port = port_}).read_banner().code == 220;
    } catch (const std::system_error&) {
      return false;  // nobody listens yet
    }
  });
  if (!ready) throw std::runtime_error("smtp-sink: " + read_file(scratch_ / "output"));
}

std::string SmtpSink::place() const {
  return address_ == "::1" ? fmt::format("[::1]:{}", port_) : fmt::format("{}:{}", address_, port_);
}

std::size_t SmtpSink::messages() const {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(mail_)) {
    count += file.path().filename().string().starts_with("message.") ? 1 : 0;
  }
  return count;
}

bool SmtpSink::gets(std::size_t count) const {
  return eventually([&] { return messages() == count; });
}

}  // namespace portcullis::testing
