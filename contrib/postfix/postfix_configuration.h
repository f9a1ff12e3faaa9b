#pragma once

#include <memory>
#include <optional>
#include <string>

#include "config/mta_settings.h"
#include "contrib/mta_configuration.h"

namespace portcullis {

// For which Postfix a configuration is made.
struct PostfixTarget {
  std::string config_dir;              // "/etc/postfix"; made absolute
  std::optional<std::string> version;  // "3.7.11"; nothing: postconf(1) is asked
};

// What `settings` say in the words of Postfix: docs in README.md beside this file.
//
// If there is a main.cf in the directory, it is read now, once, and what is generated fits it:
// its queue directory, its chrooted services, the items that others have in its lists. Without one
// it is made for Postfix as the Debian package installs it. What is wrong with the directory is
// among the findings. find_undeliverable() is asked elsewhere.
std::unique_ptr<MtaConfiguration> make_postfix_configuration(const MtaSettings& settings,
                                                             const PostfixTarget& target);

}  // namespace portcullis
