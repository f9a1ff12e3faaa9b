#include "tls/smtp_probe.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls/certificate.h"
#include "tls/openssl_handles.h"

namespace portcullis {
namespace {

using Clock = std::chrono::steady_clock;
using Failure = tl::unexpected<std::string>;
using Done = tl::expected<void, std::string>;

constexpr std::size_t kMaxReply = 16 * 1024;
constexpr std::size_t kMaxCertificates = 64;

using ContextHandle = std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>>;
using SslHandle = std::unique_ptr<SSL, FreedBy<SSL_free>>;

struct AddressesFreed {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesFreed>;

class Socket {
 public:
  explicit Socket(int number) : number_(number) {}
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

// True when the socket may be read or written, false when the time is over.
bool wait_for(int socket, short events, Clock::time_point end) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{socket, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::string error_text(int error) {
  return std::generic_category().message(error);
}

tl::expected<Socket, std::string> connect_to(const addrinfo& address, Clock::time_point end) {
  Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return Failure(error_text(errno));
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
  if (errno != EINPROGRESS) return Failure(error_text(errno));
  if (!wait_for(socket.get(), POLLOUT, end)) return Failure("no answer in time");
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return Failure(error_text(error));
  return socket;
}

tl::expected<Socket, std::string> connect_to(const SmtpProbe& probe, Clock::time_point end) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const std::string port = std::to_string(probe.port);
  if (const int error = ::getaddrinfo(probe.host.c_str(), port.c_str(), &hints, &list);
      error != 0) {
    return Failure(fmt::format("has no address: {}", ::gai_strerror(error)));
  }
  const Addresses addresses(list);
  std::string why;
  for (const addrinfo* address = list; address != nullptr; address = address->ai_next) {
    auto socket = connect_to(*address, end);
    if (socket) return socket;
    why = socket.error();
  }
  return Failure("does not answer: " + why);
}

// RFC 5321 section 4.2: three digits, then a blank or a hyphen and text, or nothing.
bool is_reply_line(std::string_view line) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return line.size() >= 3 && line[0] >= '2' && line[0] <= '5' && digit(line[1]) && digit(line[2]) &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}

// One SMTP conversation, in the clear and then by TLS.
class Conversation {
 public:
  Conversation(Socket socket, Clock::time_point end) : socket_(std::move(socket)), end_(end) {}

  // The lines of one reply, without line ends.
  tl::expected<std::vector<std::string>, std::string> read_reply() {
    std::vector<std::string> lines;
    std::size_t size = 0;
    for (;;) {
      const auto line = read_line();
      if (!line) return Failure(line.error());
      size += line->size() + 1;
      if (size > kMaxReply) return Failure("sends a reply without end");
      if (!is_reply_line(*line)) return Failure("is no SMTP server");
      lines.push_back(*line);
      const bool goes_on = line->size() > 3 && (*line)[3] == '-';
      if (!goes_on) return lines;
    }
  }

  tl::expected<std::vector<std::string>, std::string> command(std::string_view line) {
    if (auto sent = send(std::string(line) + "\r\n"); !sent) return Failure(sent.error());
    return read_reply();
  }

  Done start_tls(const SmtpProbe& probe) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!context_) return Failure("TLS is not to be had here");
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
    ssl_.reset(SSL_new(context_.get()));
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket_.get()) != 1)
      return Failure("TLS is not to be had here");
    if (!probe.server_name.empty()) {
      SSL_set_tlsext_host_name(ssl_.get(), probe.server_name.c_str());
    }
    received_.clear();  // nothing said in the clear counts any more (CVE-2011-0411)
    return until_done("TLS handshake", [this] { return SSL_connect(ssl_.get()); });
  }

  std::string protocol() const { return SSL_get_version(ssl_.get()); }

  std::vector<CertificateFacts> certificates(const SmtpProbe& probe) const {
    std::vector<CertificateFacts> all;
    const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(ssl_.get());
    for (int i = 0; i < sk_X509_num(chain) && all.size() < kMaxCertificates; ++i) {
      X509* const x509 = sk_X509_value(chain, i);
      X509_up_ref(x509);
      all.push_back(
          facts_of(Certificate{fmt::format("{}:{}", probe.host, probe.port), 0, X509Handle(x509)}));
    }
    return all;
  }

 private:
  tl::expected<std::string, std::string> read_line() {
    for (;;) {
      const std::size_t end = received_.find('\n');
      if (end != std::string::npos) {
        std::string line = received_.substr(0, end);
        received_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        return line;
      }
      if (received_.size() > kMaxReply) return Failure("sends a line without end");
      if (auto more = receive(); !more) return Failure(more.error());
    }
  }

  Done receive() {
    char buffer[4096];
    if (ssl_) {
      int count = 0;
      auto done = until_done("reading", [&] {
        count = SSL_read(ssl_.get(), buffer, sizeof buffer);
        return count;
      });
      if (done) received_.append(buffer, static_cast<std::size_t>(count));
      return done;
    }
    if (!wait_for(socket_.get(), POLLIN, end_)) return Failure("says nothing in time");
    const ssize_t count = ::recv(socket_.get(), buffer, sizeof buffer, 0);
    if (count < 0) return Failure("breaks off: " + error_text(errno));
    if (count == 0) return Failure("hangs up");
    received_.append(buffer, static_cast<std::size_t>(count));
    return {};
  }

  Done send(std::string_view text) {
    while (!text.empty()) {
      if (ssl_) {
        return until_done("writing", [&] {
          return SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
        });
      }
      if (!wait_for(socket_.get(), POLLOUT, end_)) return Failure("takes nothing in time");
      const ssize_t count = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (count < 0) return Failure("breaks off: " + error_text(errno));
      text.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
  }

  // Repeats an operation of OpenSSL until it is done or the time is over.
  template <typename Operation>
  Done until_done(std::string_view what, Operation operation) {
    for (;;) {
      ERR_clear_error();
      const int result = operation();
      if (result > 0) return {};
      const int error = SSL_get_error(ssl_.get(), result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        const char* const reason = ERR_reason_error_string(ERR_get_error());
        return Failure(
            fmt::format("fails at {}: {}", what, reason != nullptr ? reason : "hangs up"));
      }
      const short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
      if (!wait_for(socket_.get(), events, end_)) {
        return Failure(fmt::format("does not end {} in time", what));
      }
    }
  }

  Socket socket_;
  Clock::time_point end_;
  std::string received_;
  ContextHandle context_;
  SslHandle ssl_;
};

bool is_positive(const std::vector<std::string>& reply) {
  return reply.front().starts_with('2');
}

bool offers(const std::vector<std::string>& reply, std::string_view keyword) {
  return std::ranges::any_of(reply, [keyword](const std::string& line) {
    return line.size() >= 4 + keyword.size() && line.compare(4, keyword.size(), keyword) == 0;
  });
}

Done ask_for_tls(Conversation& conversation, const std::vector<std::string>& greeting) {
  if (!is_positive(greeting)) return Failure("greets with " + greeting.front());
  const auto hello = conversation.command("EHLO localhost");
  if (!hello) return Failure(hello.error());
  if (!offers(*hello, "STARTTLS")) return Failure("does not offer STARTTLS");
  const auto go = conversation.command("STARTTLS");
  if (!go) return Failure(go.error());
  if (!is_positive(*go)) return Failure("answers STARTTLS with " + go->front());
  return {};
}

tl::expected<SmtpAnswer, std::string> talk(Conversation& conversation, const SmtpProbe& probe) {
  SmtpAnswer answer;
  const auto take_tls = [&]() -> Done {
    if (auto started = conversation.start_tls(probe); !started) return started;
    answer.protocol = conversation.protocol();
    answer.certificates = conversation.certificates(probe);
    return {};
  };
  if (probe.tls == SmtpProbe::Tls::implicit) {
    if (auto started = take_tls(); !started) return Failure(started.error());
  }
  const auto greeting = conversation.read_reply();
  if (!greeting) return Failure(greeting.error());
  answer.banner = greeting->front();
  if (probe.tls == SmtpProbe::Tls::starttls) {
    if (auto asked = ask_for_tls(conversation, *greeting); !asked) return Failure(asked.error());
    if (auto started = take_tls(); !started) return Failure(started.error());
  }
  static_cast<void>(conversation.command("QUIT"));  // however it answers, all has been seen
  return answer;
}

}  // namespace

tl::expected<SmtpAnswer, std::string> probe_smtp(const SmtpProbe& probe) {
  const auto end = Clock::now() + probe.patience;
  auto socket = connect_to(probe, end);
  if (!socket) return Failure(socket.error());
  Conversation conversation(*std::move(socket), end);
  return talk(conversation, probe);
}

}  // namespace portcullis
