// `portcullis certificate check --connect`: what listeners present, servers of openssl(1) among
// them.

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/cli/certificate_fixture.h"
#include "tests/mta/support/free_port.h"

namespace portcullis::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

bool answers(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool ok = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return ok;
}

class Connect : public PolicyCertificate {
 protected:
  Connect() {
    put_good_set();
    chain_ = source("chain.pem", workshop().text("inter.crt"), 0644);
  }

  // A server of openssl(1) that shows a certificate of the workshop at once.
  void serve(const std::string& name, std::vector<std::string> more) {
    std::vector<std::string> command = {"openssl", "s_server",
                                        "-accept", "127.0.0.1:" + std::to_string(port_),
                                        "-cert",   workshop().path(name + ".crt"),
                                        "-key",    workshop().path(name + ".key"),
                                        "-quiet"};
    command.insert(command.end(), more.begin(), more.end());
    start(command);
  }

  // One that shows them behind STARTTLS, which s_server cannot: a pair of files each, by the kind
  // of its key.
  void serve_smtp(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string loads;
    for (const auto& [certificates, key] : pairs) {
      const std::string pem = source("served-" + key, workshop().text(certificates), 0644);
      loads += "t.load_cert_chain('" + pem + "', '" + workshop().path(key) + "')\n";
    }
    source(
        "smtp.py",
        "import socket, ssl, sys\nt = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n" + loads +
            "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
            "def talk(c):\n"
            "  c.sendall(b'220 mx ESMTP\\r\\n')\n"
            "  for answer in (b'250-mx\\r\\n250-SIZE\\r\\n250 StartTLS\\r\\n', b'220 go\\r\\n'):\n"
            "    if not c.recv(100): return\n"
            "    c.sendall(answer)\n"
            "  print(t.wrap_socket(c, server_side=True).recv(100), flush=True)\n"
            "while True:\n"
            "  try: talk(s.accept()[0])\n"
            "  except OSError as e: print(e, flush=True)\n");
    start({"python3", (scratch_ / "smtp.py").string(), std::to_string(port_)});
  }

  // One that says this to each client, and nothing else.
  void say(const std::string& text) {
    source("say.py",
           "import socket, sys\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
           "while True:\n  c = s.accept()[0]\n  try:\n    c.sendall(" +
               text + ")\n    while c.recv(100): pass\n  except OSError: pass\n  c.close()\n");
    start({"python3", (scratch_ / "say.py").string(), std::to_string(port_)});
  }

  CommandResult check(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"check", "mx1", "--connect",
                                          "127.0.0.1:" + std::to_string(port_)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return certificate(arguments);
  }

  std::string chain_;
  const std::uint16_t port_ = free_port();

 private:
  void start(const std::vector<std::string>& command) {
    ChildOptions options;
    options.output = scratch_ / "server.log";
    server_ = std::make_unique<ChildProcess>(command, options);
    ASSERT_TRUE(eventually([this] { return answers(port_); })) << read_file(options.output);
  }

  std::unique_ptr<ChildProcess> server_;
};

TEST_F(Connect, TheSameByStarttls) {
  serve_smtp({{"leaf.crt inter.crt", "leaf.key"}});
  const CommandResult result = check();
  EXPECT_EQ(result.status.code, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("127.0.0.1:" + std::to_string(port_) +
                                       ": presents the same, by TLSv1.3\n"));
  // It takes its leave as SMTP has it.
  EXPECT_TRUE(eventually([this] {
    return read_file(scratch_ / "server.log").find("b'QUIT\\r\\n'") != std::string::npos;
  }));
}

TEST_F(Connect, TheSameByImplicitTls) {
  serve("leaf", {"-cert_chain", chain_, "-tls1_2"});
  const CommandResult result = check({"--implicit", "--json"});
  EXPECT_EQ(result.status.code, 0) << result.error;
  const auto answer = nlohmann::ordered_json::parse(result.output);
  EXPECT_THAT(keys_of(answer["listener"]),
              ElementsAre("place", "answered", "protocol", "cipher", "same", "certificates"));
  EXPECT_EQ(answer["listener"]["same"], true);
  EXPECT_EQ(answer["listener"]["protocol"], "TLSv1.2");
}

TEST_F(Connect, AnOldOneIsSeen) {
  serve_smtp({{"other.crt inter.crt", "other.key"}});
  const CommandResult result = check();
  EXPECT_EQ(result.status.code, 65);
  EXPECT_THAT(result.output, HasSubstr("presents something else"));
  EXPECT_THAT(result.error, AllOf(HasSubstr("\"CN=other\" (serial "),
                                  HasSubstr("is what it presents, not the certificate of " + pem_),
                                  HasSubstr("reload the mail server")));
  EXPECT_EQ(error_codes(json::parse(check({"--json"}).output)),
            std::vector<std::string>{"presented-differs"});
}

TEST_F(Connect, AWeakOneCanBeLookedAt) {
  serve("rsa1024", {"-cipher", "ALL:@SECLEVEL=0"});
  EXPECT_THAT(check({"--implicit"}).error, HasSubstr("\"CN=rsa1024\""));
}

TEST_F(Connect, AMissingChainIsAWarning) {
  serve_smtp({{"leaf.crt", "leaf.key"}});
  const CommandResult result = check();
  EXPECT_EQ(result.status.code, 0);
  EXPECT_THAT(result.error, HasSubstr("presents 1 certificates in all, and the files hold 2"));
}

TEST_F(Connect, OfTwoTheOneOfTheSameKindIsCompared) {
  serve_smtp({{"rsa2048.crt inter.crt", "rsa2048.key"}, {"leaf.crt inter.crt", "leaf.key"}});
  EXPECT_EQ(check().status.code, 0) << check().error;
  EXPECT_EQ(certificate({"check", "--certificate", workshop().path("rsa2048.crt"), "--chain",
                         chain_, "--key", workshop().path("rsa2048.key"), "--connect",
                         "127.0.0.1:" + std::to_string(port_)})
                .status.code,
            0);
}

TEST_F(Connect, NobodyThere) {
  const CommandResult result = check();
  EXPECT_EQ(result.status.code, 69);
  EXPECT_THAT(result.error, HasSubstr("cannot be reached: Connection refused"));
  EXPECT_EQ(error_codes(json::parse(check({"--json"}).output)),
            std::vector<std::string>{"connection-failed"});
}

TEST_F(Connect, ImplicitTlsTakenForSmtpSaysSo) {
  say("b'220 mx ESMTP\\r\\n'");
  const CommandResult result = check({"--implicit"});
  EXPECT_EQ(result.status.code, 69);
  EXPECT_THAT(result.error, AllOf(HasSubstr("does not complete a TLS handshake"),
                                  HasSubstr("give --starttls smtp")));
}

TEST_F(Connect, ARefusalIsQuotedAndFitForATerminal) {
  say("b'554 5.7.1 go \\x1b[31m away\\r\\n'");
  const CommandResult result = check();
  EXPECT_EQ(result.status.code, 69);
  EXPECT_THAT(result.error, HasSubstr("answers a connection: 554 5.7.1 go \\x1b[31m away"));
  EXPECT_TRUE(is_fit_for_terminal(result.error));
}

TEST_F(Connect, NoStarttlsIsSaid) {
  say("b'220 mx\\r\\n250-mx\\r\\n250 SIZE\\r\\n'");
  EXPECT_THAT(check().error, HasSubstr("does not offer STARTTLS"));
}

TEST_F(Connect, WhatIsSentBehindTheAnswerIsNoTls) {
  say("b'220 mx\\r\\n250-mx\\r\\n250 STARTTLS\\r\\n220 go\\r\\n250 injected\\r\\n'");
  EXPECT_THAT(check().error, HasSubstr("sends more behind its answer to STARTTLS"));
}

TEST_F(Connect, AFloodIsCut) {
  say("b'220-' + b'x' * 3000000");
  EXPECT_THAT(check().error, HasSubstr("does not answer a connection as an SMTP server does"));
}

TEST_F(Connect, PlacesThatAreNoneAreNamed) {
  for (const std::string place : {"mx", "mx:", "mx:0", "mx:70000", ":25", "::1:25", "[::1]"}) {
    const CommandResult result = certificate({"check", "mx1", "--connect", place});
    EXPECT_EQ(result.status.code, 65) << place;
    EXPECT_THAT(result.error, HasSubstr("is no HOST:PORT"));
  }
}

}  // namespace
}  // namespace portcullis::testing
