#include "cli/certificate/passphrase.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "config/diagnostic.h"
#include "tls/secret_file.h"

#include "editing/descriptor.h"

namespace portcullis {
namespace {

constexpr std::size_t kLongest = 1024;

tl::unexpected<Report> refused(std::string_view message) {
  return tl::unexpected(failure(ExitCode::bad_data, message));
}

// Keys become bytes and nothing else: no echo, no signal from the keyboard (the terminal would stay
// without echo), and none from elsewhere before it is as it was.
class SilentTerminal {
 public:
  explicit SilentTerminal(int terminal) : terminal_(terminal) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &signals_);
    is_one_ = ::tcgetattr(terminal_, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    silent.c_lflag |= ICANON;
    is_one_ = is_one_ && ::tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;
  ~SilentTerminal() {
    if (is_one_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    pthread_sigmask(SIG_SETMASK, &signals_, nullptr);
  }
  bool is_one() const { return is_one_; }

 private:
  int terminal_;
  bool is_one_ = false;
  termios before_{};
  sigset_t signals_{};
};

void print(int terminal, std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(terminal, text.data(), text.size());
}

SecretText first_line(const SecretText& text) {
  std::string_view line = text.view();
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  SecretText secret(line.size());
  std::ranges::copy(line, secret.data());
  secret.set_size(line.size());
  return secret;
}

}  // namespace

Found<SecretText> passphrase_in(const std::string& file) {
  Diagnostics found;
  const auto read = read_secret_file(file, found);
  if (!read) return tl::unexpected(Report{ExitCode::bad_data, {}, found.format_all()});
  if ((read->state.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return refused(
        fmt::format("{} holds a passphrase, and others may read or write it (mode "
                    "{:04o}): chmod 0600",
                    file, read->state.st_mode & 07777U));
  }
  return first_line(read->text);
}

Found<SecretText> ask_for_passphrase(const std::string& about) {
  constexpr char kInterrupt = '\x03';
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal) {
    return refused("there is no terminal to ask for the passphrase: give --passphrase-file");
  }
  SecretText line(kLongest);
  const SilentTerminal silent(terminal.get());
  if (!silent.is_one()) return refused("the terminal does not let the passphrase be hidden");
  print(terminal.get(), fmt::format("Passphrase of {}: ", shown(about)));
  ssize_t size = 0;
  do {
    size = ::read(terminal.get(), line.data(), line.capacity());
  } while (size < 0 && errno == EINTR);
  print(terminal.get(), "\n");
  line.set_size(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  if (size <= 0 || line.view().find(kInterrupt) != std::string_view::npos) {
    return refused("no passphrase was given");
  }
  return first_line(line);
}

}  // namespace portcullis
