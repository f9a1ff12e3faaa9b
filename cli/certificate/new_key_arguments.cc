#include "cli/certificate/new_key_arguments.h"

#include <fmt/format.h>

#include "cli/certificate/host_arguments.h"
#include "cli/certificate/policy_certificates.h"

namespace portcullis {

void add_new_key_options(Command& command, NewKeyArguments& arguments) {
  command.add_option("NAME", arguments.name, "A [certificate NAME] of the policy")
      ->type_name("")
      ->required();
  command
      .add_option("--host", arguments.hosts,
                  "A name or address that it is for; may be repeated; default: hosts of the policy")
      ->type_name("HOST")
      ->repeatable();
  command.add_choice(
      "--key-type", {kKeyTypeNames.begin(), kKeyTypeNames.end()},
      [&arguments](std::size_t which) { arguments.type = static_cast<KeyType>(which); },
      "Default: ecdsa-p256");
}

Found<std::vector<std::string>> hosts_wanted(const NewKeyArguments& arguments,
                                             const CertificateFiles& files) {
  std::vector<std::string> hosts = arguments.hosts.empty() ? hosts_of(files) : arguments.hosts;
  if (hosts.empty()) {
    return tl::unexpected(failure(
        ExitCode::usage, fmt::format("[certificate {}] has no hosts: give --host", files.name)));
  }
  if (auto good = check_hosts(hosts); !good) return tl::unexpected(std::move(good.error()));
  return hosts;
}

}  // namespace portcullis
