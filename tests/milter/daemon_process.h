#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include "tests/support/milter_client.h"

namespace portcullis::testing {

// Waits until `condition` holds, and says whether it did in time. For what another process does.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds patience = std::chrono::seconds(20));

// A directory that is removed with all it holds. Owned by the user that the daemon drops to, if the
// test runs as root.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write_file(const std::string& path, const std::string& text);
std::string read_file(const std::string& path);

// What a client of the control socket sends and gets; an empty answer if there is none.
std::string control(const std::string& path, const std::string& request);

// A portcullisd of its own, in a directory of its own: the program that is shipped, with its log in
// a file. Killed at the end if it still runs. A report of a sanitizer in its log fails the test.
class DaemonProcess {
 public:
  DaemonProcess() = default;
  ~DaemonProcess();

  // What comes after [daemon] in the policy, and more keys of [daemon].
  void write_policy(const std::string& sections, const std::string& daemon_keys = {}) const;

  // Starts the program. The policy must have been written, unless `arguments` name another.
  void spawn(const std::vector<std::string>& arguments = {});
  // Starts the program and waits until it serves. False if it ended instead.
  bool start(const std::vector<std::string>& arguments = {});

  void signal(int number) const;
  // The exit code once the process has ended, 128 + n if signal n killed it.
  std::optional<int> wait_for_end(std::chrono::milliseconds patience = std::chrono::seconds(20));

  MilterClient client() const { return negotiated(milter_socket()); }
  std::string control(const std::string& request) const;
  nlohmann::json status() const;
  // Waits for a number of the status.
  bool status_becomes(const std::string& key, std::uint64_t value) const;

  std::string log() const { return read_file(directory / "log"); }
  bool log_has(const std::string& text) const;
  // Lines of the log that hold `text`.
  std::size_t log_count(const std::string& text) const;

  std::string policy_file() const { return directory / "portcullis.conf"; }
  std::string milter_socket() const { return directory / "milter.sock"; }
  std::string control_socket() const { return directory / "control.sock"; }
  pid_t pid() const { return pid_; }

  const TemporaryDirectory directory;

 private:
  pid_t pid_ = -1;
};

}  // namespace portcullis::testing
