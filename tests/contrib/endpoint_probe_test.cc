// Asking an endpoint: ones that greet, and ones that do not. TLS is in tests/tls and tests/mta.
#include "contrib/endpoint_probe.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/mta/support/free_port.h"

namespace portcullis::testing {
namespace {

// Says one thing to one client and hangs up.
class OneGreeting {
 public:
  explicit OneGreeting(std::string greeting) : greeting_(std::move(greeting)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 1);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneGreeting() {
    thread_.join();
    ::close(listener_);
  }
  OneGreeting(const OneGreeting&) = delete;
  OneGreeting& operator=(const OneGreeting&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    const int client = ::accept(listener_, nullptr, nullptr);
    ::send(client, greeting_.data(), greeting_.size(), MSG_NOSIGNAL);
    ::shutdown(client, SHUT_WR);
    char rest[64];
    while (::recv(client, rest, sizeof rest, 0) > 0) continue;
    ::close(client);
  }

  std::string greeting_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string answer(const MtaEndpoint& endpoint) {
  const auto asked = ask_endpoint(endpoint, std::chrono::milliseconds(5000));
  if (!asked) return asked.error();
  return *asked == EndpointAnswer::works ? "answers" : "turns away";
}

std::string answer_to(const std::string& greeting, bool starttls = false) {
  const OneGreeting server(greeting);
  return answer({"inbound", "127.0.0.1", server.port(), false, starttls});
}

TEST(AskEndpoint, TakesEveryGreeting) {
  EXPECT_EQ(answer_to("220 mx.test ESMTP\r\n"), "answers");
  EXPECT_EQ(answer_to("220-one\r\n220 two\r\n"), "answers");
  EXPECT_EQ(answer_to("554 mx.test not for you\r\n"), "answers");
}

TEST(AskEndpoint, SaysWhatIsWrong) {
  EXPECT_EQ(answer_to(""), "does not greet");
  EXPECT_EQ(answer_to("220 without end"), "does not greet");
  EXPECT_EQ(answer_to("SSH-2.0-x\r\n"), "is no SMTP server");
  EXPECT_EQ(answer_to(std::string(5000, 'x')), "is no SMTP server");
  EXPECT_NE(answer_to("220 mx.test ESMTP\r\n", /*starttls=*/true), "answers");
  EXPECT_NE(answer({"inbound", "127.0.0.1", free_port(), false, false}), "answers");
}

}  // namespace
}  // namespace portcullis::testing
