// What answers at the control socket need not be our daemon.

#include <cstring>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {
namespace {

using ::testing::HasSubstr;

// Serves one client: reads its request, sends `answer`, and hangs up.
class FakeDaemon {
 public:
  FakeDaemon(const std::string& path, std::string answer) : answer_(std::move(answer)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeDaemon() {
    shutdown(listener_, SHUT_RDWR);  // ends accept(2) if nobody came
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  // What the client sent; waits until it has been served.
  std::string request() {
    thread_.join();
    return request_;
  }

 private:
  void serve() {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    char buffer[256];
    const ssize_t size = recv(client, buffer, sizeof buffer, 0);
    if (size > 0) request_.assign(buffer, static_cast<std::size_t>(size));
    for (std::string_view rest = answer_; !rest.empty();) {
      const ssize_t sent = send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    close(client);
  }

  std::string answer_;
  std::string request_;
  int listener_ = -1;
  std::thread thread_;
};

class ControlClient : public Cli {
 protected:
  ControlClient() { write_policy("[daemon]\ncontrol_socket = " + socket_path() + "\n"); }
  std::string socket_path() const { return scratch_ / "control.sock"; }

  CommandResult answered(const std::string& answer, const std::vector<std::string>& arguments) {
    const FakeDaemon daemon(socket_path(), answer);
    const CommandResult result = run_here(arguments);
    unlink(socket_path().c_str());
    return result;
  }
};

TEST_F(ControlClient, WorksWhateverElseIsWrongWithThePolicy) {
  write_policy("[daemon]\ncontrol_socket = " + socket_path() +
               "\n[listener x]\nbogus = 1\n[huh]\n");
  EXPECT_EQ(answered("{\"ok\":true,\"generation\":3}\n", {"reload"}).output,
            "policy generation 3 is in force\n");
}

TEST_F(ControlClient, AnswersThatAreNoneAre69) {
  for (const std::string answer : {"", "hello\n", "[1,2]\n", "{\"ok\":", "\xff\xfe\n"}) {
    const CommandResult result = answered(answer, {"status"});
    EXPECT_EQ(result.status.code, 69) << result.error;
    EXPECT_TRUE(is_fit_for_terminal(result.output + result.error));
  }
}

TEST_F(ControlClient, AnswersOfOtherTypesDoNotCrashIt) {
  const std::string strange =
      "{\"sessions\":{},\"listeners\":[1],\"classes\":{\"\\u001b[2J\":3,\"a\":{\"connections\":[]}}"
      ","
      "\"reloads\":7,\"generation\":\"\\u001b[31m\",\"age_seconds\":1e99,\"draining\":\"x\","
      "\"internal_errors\":null}\n";
  const CommandResult text = answered(strange, {"status"});
  EXPECT_EQ(text.status.code, 0) << text.error;
  EXPECT_TRUE(is_fit_for_terminal(text.output)) << text.output;
  EXPECT_TRUE(is_fit_for_terminal(answered(strange, {"status", "--json"}).output));
  EXPECT_EQ(answered("{\"ok\":1,\"diagnostics\":3}\n", {"reload"}).status.code, 78);
}

TEST_F(ControlClient, HostileDiagnosticsReachNoTerminal) {
  const CommandResult result = answered(
      "{\"ok\":false,\"generation\":1,\"diagnostics\":[\"a\\u001b[2J\\nb\\u0007\"]}\n", {"reload"});
  EXPECT_EQ(result.status.code, 78);
  EXPECT_THAT(result.error, HasSubstr("a\\x1b[2J\nb\\x07\n"));
}

TEST_F(ControlClient, LongAnswersArriveWhole) {
  std::string classes;
  for (int i = 0; i < 5'000; ++i) {
    classes +=
        (i == 0 ? "\"c" : ",\"c") + std::to_string(i) + "\":{\"connections\":0,\"entries\":1}";
  }
  const CommandResult result = answered("{\"classes\":{" + classes + "}}\n", {"status", "--json"});
  EXPECT_EQ(result.status.code, 0);
  EXPECT_EQ(nlohmann::json::parse(result.output)["classes"].size(), 5'000U);
}

TEST_F(ControlClient, SendsOneLine) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> requests = {
      {{"status"}, "status\n"},
      {{"reload"}, "reload\n"},
      {{"reload", "--force"}, "reload force\n"}};
  for (const auto& [arguments, line] : requests) {
    FakeDaemon daemon(socket_path(), "{\"ok\":true}\n");
    run_here(arguments);
    EXPECT_EQ(daemon.request(), line);
    unlink(socket_path().c_str());
  }
}

}  // namespace
}  // namespace portcullis::testing
