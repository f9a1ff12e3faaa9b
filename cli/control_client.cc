#include "cli/control_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/policy_source.h"

namespace portcullis {
namespace {

using Clock = std::chrono::steady_clock;

// An answer has a line for each class and each diagnostic; config/ keeps 1000 of these for a file.
constexpr std::size_t kMaxAnswer = 64 << 20;

// One conversation over the socket. Every wait ends at the deadline.
class ControlClient {
 public:
  ControlClient(const std::string& path, std::chrono::milliseconds patience)
      : path_(path), patience_(patience), deadline_(Clock::now() + patience) {}
  ~ControlClient() {
    if (socket_ >= 0) close(socket_);
  }
  ControlClient(const ControlClient&) = delete;
  ControlClient& operator=(const ControlClient&) = delete;

  Found<void> connect();
  Found<void> send(std::string_view text);
  Found<std::string> receive_all();

 private:
  tl::unexpected<Report> failed(ExitCode code, std::string_view reason) const {
    return tl::unexpected(failure(code, fmt::format("{}: {}", path_, reason)));
  }
  tl::unexpected<Report> failed(int error) const;
  Found<void> wait_for(short event) const;

  const std::string& path_;
  std::chrono::milliseconds patience_;
  Clock::time_point deadline_;
  int socket_ = -1;
};

tl::unexpected<Report> ControlClient::failed(int error) const {
  switch (error) {
    case ENOENT:
    case ECONNREFUSED:
      return failed(ExitCode::unavailable, "no daemon listens here: is portcullisd running?");
    case EACCES:
    case EPERM:
      return failed(ExitCode::no_permission, "only root and the daemon's user may talk to it");
    default:
      return failed(ExitCode::unavailable, std::strerror(error));
  }
}

Found<void> ControlClient::connect() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) return failed(ENAMETOOLONG);
  std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) return failed(errno);
  // A Unix socket connects at once or not at all; EAGAIN is a full backlog.
  while (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno != EAGAIN && errno != EINTR) return failed(errno);
    if (Clock::now() >= deadline_) return failed(EAGAIN);
    constexpr int kPauseMilliseconds = 20;
    poll(nullptr, 0, kPauseMilliseconds);
  }
  return {};
}

Found<void> ControlClient::wait_for(short event) const {
  pollfd waiting{socket_, event, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    const int ready = poll(&waiting, 1, static_cast<int>(std::max(left.count(), 0L)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed(errno);
    if (Clock::now() < deadline_) continue;
    return failed(ExitCode::unavailable,
                  fmt::format("the daemon gave no answer within {} s", patience_.count() / 1000));
  }
}

Found<void> ControlClient::send(std::string_view text) {
  while (!text.empty()) {
    if (auto ready = wait_for(POLLOUT); !ready) return ready;
    const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EPIPE) return {};  // hung up: there may be an answer all the same
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return failed(errno);
    if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Found<std::string> ControlClient::receive_all() {
  std::string received;
  std::array<char, 16384> chunk;
  while (received.size() <= kMaxAnswer) {
    if (auto ready = wait_for(POLLIN); !ready) return tl::unexpected(ready.error());
    const ssize_t size = recv(socket_, chunk.data(), chunk.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size < 0 && errno != ECONNRESET) return failed(errno);
    if (size > 0) {
      received.append(chunk.data(), static_cast<std::size_t>(size));
      continue;
    }
    // The daemon hangs up on those whom it does not serve.
    if (received.empty() && geteuid() != 0) return failed(EACCES);
    if (received.empty()) return failed(ExitCode::unavailable, "the daemon hung up");
    return received;
  }
  return failed(ExitCode::unavailable, "the answer is too long to be portcullisd's");
}

}  // namespace

Found<Json> ask_daemon(const std::string& socket_path, std::string_view request,
                       std::chrono::milliseconds patience) {
  ControlClient client(socket_path, patience);
  if (auto connected = client.connect(); !connected) return tl::unexpected(connected.error());
  if (auto sent = client.send(fmt::format("{}\n", request)); !sent) {
    return tl::unexpected(sent.error());
  }
  const auto answer = client.receive_all();
  if (!answer) return tl::unexpected(answer.error());
  Json json = Json::parse(*answer, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) return json;
  return tl::unexpected(
      failure(ExitCode::unavailable, socket_path + ": the answer is none of portcullisd's"));
}

Found<Json> ask_daemon_of(const std::string& policy_file, std::string_view request,
                          std::chrono::milliseconds patience) {
  const auto settings = open_daemon_settings(policy_file);
  if (!settings) return tl::unexpected(settings.error());
  return ask_daemon(settings->control_socket, request, patience);
}

}  // namespace portcullis
