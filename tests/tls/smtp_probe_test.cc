// Asking an SMTP service: real ones by openssl s_server, and ones that misbehave.
#include "tls/smtp_probe.h"

#include <string>
#include <string_view>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/mta/support/child_process.h"
#include "tests/mta/support/eventually.h"
#include "tests/mta/support/free_port.h"
#include "tests/tls/certificate_workshop.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

SmtpProbe probe_of(std::uint16_t port, SmtpProbe::Tls tls) {
  return {"127.0.0.1", port, tls, "mx.example.com", std::chrono::milliseconds(3000)};
}

// Answers one client with a script: after "<" a line is awaited, everything else is sent.
class Scripted {
 public:
  explicit Scripted(std::vector<std::string> script) : script_(std::move(script)) {
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
  ~Scripted() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  Scripted(const Scripted&) = delete;
  Scripted& operator=(const Scripted&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    const int client = ::accept(listener_, nullptr, nullptr);
    char buffer[512];
    for (const std::string& step : script_) {
      if (step == "<") {
        if (::recv(client, buffer, sizeof buffer, 0) <= 0) break;
      } else if (::send(client, step.data(), step.size(), MSG_NOSIGNAL) < 0) {
        break;
      }
    }
    ::close(client);
  }

  std::vector<std::string> script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

std::string refusal(std::vector<std::string> script, SmtpProbe::Tls tls) {
  const Scripted server(std::move(script));
  const auto answer = probe_smtp(probe_of(server.port(), tls));
  return answer ? "answered: " + answer->banner : answer.error();
}

TEST(SmtpProbe, ReadsTheGreeting) {
  EXPECT_EQ(refusal({"220-one\r\n220 two\r\n", "<", "221 bye\r\n"}, SmtpProbe::Tls::none),
            "answered: 220-one");
  EXPECT_EQ(refusal({"554 denied\r\n"}, SmtpProbe::Tls::none), "answered: 554 denied");
}

TEST(SmtpProbe, SaysWhatIsWrong) {
  EXPECT_EQ(refusal({}, SmtpProbe::Tls::none), "hangs up");
  EXPECT_EQ(refusal({"SSH-2.0\r\n"}, SmtpProbe::Tls::none), "is no SMTP server");
  EXPECT_EQ(refusal({std::string(40'000, 'x')}, SmtpProbe::Tls::none), "sends a line without end");
  EXPECT_EQ(refusal({"220 mx\r\n", "<", "250-mx\r\n250 SIZE\r\n", "<"}, SmtpProbe::Tls::starttls),
            "does not offer STARTTLS");
  EXPECT_EQ(refusal({"220 mx\r\n", "<", "250-mx\r\n250 STARTTLS\r\n", "<", "454 no\r\n", "<"},
                    SmtpProbe::Tls::starttls),
            "answers STARTTLS with 454 no");
  EXPECT_EQ(refusal({"421 busy\r\n"}, SmtpProbe::Tls::starttls), "greets with 421 busy");
  EXPECT_THAT(refusal({"220 mx\r\n", "<", "250-mx\r\n250 STARTTLS\r\n", "<", "220 go\r\n", "<",
                       "this is no TLS\r\n"},
                      SmtpProbe::Tls::starttls),
              HasSubstr("fails at TLS handshake"));
  EXPECT_THAT(refusal({"220 mx\r\n"}, SmtpProbe::Tls::implicit), HasSubstr("TLS handshake"));
  const auto nobody = probe_smtp(probe_of(free_port(), SmtpProbe::Tls::none));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error(), "does not answer: Connection refused");
}

TEST(SmtpProbe, WaitsNoLongerThanItsPatience) {
  const Scripted server({"<"});
  SmtpProbe probe = probe_of(server.port(), SmtpProbe::Tls::none);
  probe.patience = std::chrono::milliseconds(50);
  const auto answer = probe_smtp(probe);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), "says nothing in time");
}

TEST(SmtpProbe, TakesTheCertificatesThatAreShown) {
  const CertificateWorkshop& shop = CertificateWorkshop::instance();
  const ScratchDirectory scratch("probe");
  const auto chain = scratch.write("chain.pem", shop.text("leaf.crt inter.crt"));
  const std::uint16_t port = free_port();
  // s_server speaks no SMTP once TLS has begun: the rest of the conversation is typed for it.
  ChildProcess server({"sh", "-c",
                       "(while :; do echo '220 mx.example.com ESMTP'; sleep 0.1; done) | exec "
                       "openssl s_server -quiet -accept " +
                           std::to_string(port) + " -cert " + chain.string() + " -cert_chain " +
                           chain.string() + " -key " + shop.path("leaf.key")});
  tl::expected<SmtpAnswer, std::string> answer = tl::unexpected(std::string());
  ASSERT_TRUE(eventually([&] {
    answer = probe_smtp(probe_of(port, SmtpProbe::Tls::implicit));
    return answer.has_value();
  })) << answer.error();
  EXPECT_EQ(answer->protocol, "TLSv1.3");
  ASSERT_GE(answer->certificates.size(), 2U);
  EXPECT_THAT(answer->certificates.front().names, ::testing::Contains("mx.example.com"));
}

}  // namespace
}  // namespace portcullis::testing
