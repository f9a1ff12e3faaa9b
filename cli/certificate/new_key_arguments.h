#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/report.h"
#include "config/mta_settings.h"
#include "tls/key_type.h"

namespace portcullis {

// What a new certificate is to be for: NAME --host H... --key-type TYPE
struct NewKeyArguments {
  std::string name;
  std::vector<std::string> hosts;
  KeyType type = KeyType::ecdsa_p256;
};

void add_new_key_options(Command& command, NewKeyArguments& arguments);

// Those that were typed, or else those of the policy; at least one.
Found<std::vector<std::string>> hosts_wanted(const NewKeyArguments& arguments,
                                             const CertificateFiles& files);

}  // namespace portcullis
