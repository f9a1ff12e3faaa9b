#include "tests/mta/support/private_names.h"

#include <stdexcept>

#include <fmt/core.h>

#include "tests/mta/support/child_process.h"

namespace portcullis::testing {
namespace {

// $1: the directory with our files; the rest: the command. A file that the machine does not have
// cannot be covered, and its absence already means the same.
constexpr const char* kCoverFiles = R"(
names=$1; shift
hostname mx.test || exit
for file in hosts nsswitch.conf resolv.conf; do
  test ! -e "/etc/$file" || test ! -e "$names/$file" || mount --bind "$names/$file" "/etc/$file" || exit
done
exec "$@")";

constexpr const char* kSetHostName = R"(shift; hostname mx.test && exec "$@")";

bool can_unshare_mounts() {
  static const bool possible =
      run_command({"unshare", "--uts", "--mount", "true"}).status.success();
  return possible;
}

void write_names(const ScratchDirectory& scratch, const HostNames& hosts,
                 const std::string& name_server) {
  scratch.make_directory("names");
  std::string text = "127.0.0.1 localhost\n::1 localhost\n127.0.0.1 mx.test\n";
  for (const auto& [address, name] : hosts) text += fmt::format("{} {}\n", address, name);
  scratch.write("names/hosts", text);
  scratch.write("names/nsswitch.conf",
                "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\n");
  if (name_server.empty()) return;
  scratch.write("names/resolv.conf", "nameserver " + name_server + "\noptions attempts:1\n");
}

}  // namespace

std::vector<std::string> with_private_names(const ScratchDirectory& scratch, const HostNames& hosts,
                                            const std::vector<std::string>& command,
                                            const std::string& name_server) {
  std::vector<std::string> result{"unshare", "--uts"};
  if (can_unshare_mounts()) {
    write_names(scratch, hosts, name_server);
    result.insert(result.end(), {"--mount", "sh", "-c", kCoverFiles});
  } else if (hosts.empty() && name_server.empty()) {
    result.insert(result.end(), {"sh", "-c", kSetHostName});
  } else {
    throw std::runtime_error("host names of its own need a mount namespace (unshare --mount)");
  }
  result.insert(result.end(), {"sh", scratch / "names"});
  result.insert(result.end(), command.begin(), command.end());
  return result;
}

}  // namespace portcullis::testing
