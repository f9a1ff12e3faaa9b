#include "tests/mta/support/socket_owner.h"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <fmt/core.h>
#include <netinet/in.h>

#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {
namespace {

std::uint32_t hexadecimal(const std::string& text, std::size_t start, std::size_t length) {
  std::uint32_t value = 0;
  std::from_chars(text.data() + start, text.data() + start + length, value, 16);
  return value;
}

// The kernel prints each 32-bit word of an address as the number that it is in host byte order.
Endpoint parse_endpoint(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {};
  const auto port = static_cast<std::uint16_t>(hexadecimal(text, colon + 1, 4));
  sockaddr_storage storage{};
  if (colon == 8) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    ipv4.sin_addr.s_addr = hexadecimal(text, 0, 8);
    std::memcpy(&storage, &ipv4, sizeof ipv4);
  } else {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    for (std::size_t word = 0; word < 4; ++word) {
      ipv6.sin6_addr.s6_addr32[word] = hexadecimal(text, word * 8, 8);
    }
    std::memcpy(&storage, &ipv6, sizeof ipv6);
  }
  return from_socket_address(storage);
}

std::string inode_in(const char* table, const Endpoint& local, const Endpoint& remote) {
  std::ifstream lines(table);
  std::string line;
  std::getline(lines, line);  // the heading
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string number, from, to, state, queues, timer, retransmits, user, timeout, inode;
    fields >> number >> from >> to >> state >> queues >> timer >> retransmits >> user >> timeout >>
        inode;
    if (parse_endpoint(from) == local && parse_endpoint(to) == remote) return inode;
  }
  return "";
}

bool holds_socket(pid_t process, const std::string& inode) {
  const std::string wanted = fmt::format("socket:[{}]", inode);
  std::error_code gone;  // a process may end while we look
  for (std::filesystem::directory_iterator entry(fmt::format("/proc/{}/fd", process), gone), end;
       !gone && entry != end; entry.increment(gone)) {
    if (std::filesystem::read_symlink(entry->path(), gone) == wanted) return true;
    gone.clear();
  }
  return false;
}

}  // namespace

std::optional<pid_t> socket_owner(const std::vector<pid_t>& candidates, const Endpoint& server,
                                  const Endpoint& client) {
  std::string inode = inode_in("/proc/net/tcp", server, client);
  if (inode.empty()) inode = inode_in("/proc/net/tcp6", server, client);
  if (inode.empty() || inode == "0") return std::nullopt;
  for (const pid_t candidate : candidates) {
    if (holds_socket(candidate, inode)) return candidate;
  }
  return std::nullopt;
}

std::vector<pid_t> children_of(pid_t parent, const std::string& program) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    pid_t pid = 0;
    const std::string name = entry.path().filename();
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || *rest != '\0') continue;
    // "PID (PROGRAM) STATE PARENT ..."; a zombie serves nobody.
    const std::string status = read_file(entry.path() / "stat");
    char state = '\0';
    pid_t its_parent = 0;
    const std::size_t bracket = status.rfind(')');
    if (bracket == std::string::npos) continue;
    std::istringstream(status.substr(bracket + 1)) >> state >> its_parent;
    const std::size_t open = status.find('(') + 1;
    if (its_parent == parent && state != 'Z' && status.substr(open, bracket - open) == program) {
      children.push_back(pid);
    }
  }
  return children;
}

}  // namespace portcullis::testing
