#include "tests/mta/support/outbound_mail.h"

#include <fmt/core.h>

namespace portcullis::testing {
namespace {

SmtpReplyLines begin(SmtpClient& client, const std::string& recipient) {
  client.read_banner();
  client.command("EHLO a.test");
  client.command("MAIL FROM:<a@a.test>");
  return client.command("RCPT TO:<" + recipient + ">");
}

}  // namespace

std::string outbound_policy(std::uint16_t port, const std::string& routes) {
  return fmt::format(
      "[daemon]\nsocket = unix:/nowhere/milter.sock\n[mta]\nmilter_down = accept\n"
      "[listener outbound]\nrole = outbound\nport = {}\nrelay_networks = {}\n{}",
      port, kOutboundSource, routes);
}

MtaOptions outbound_options(std::uint16_t port) {
  MtaOptions options;
  options.listeners = {{.name = "outbound", .port = port}};
  options.hosts = {{"127.0.0.1", "mx.example.com"},
                   {"127.0.0.1", "deep.mx.example.com"},
                   {"127.0.0.1", "example.com"},
                   {"127.0.0.1", "wrong.example"}};
  return options;
}

SmtpReplyLines ask_for(const MtaInstance& mta, const std::string& recipient,
                       const std::string& source) {
  SmtpClient client = mta.connect(source);
  return begin(client, recipient);
}

SmtpReplyLines send_to(const MtaInstance& mta, const std::string& recipient) {
  SmtpClient client = mta.connect(kOutboundSource);
  const SmtpReplyLines asked = begin(client, recipient);
  if (asked.code != 250) return asked;
  client.command("DATA");
  const SmtpReplyLines sent = client.command("Subject: test\r\n\r\ntext\r\n.");
  client.quit();
  return sent;
}

}  // namespace portcullis::testing
