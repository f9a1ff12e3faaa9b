#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/mta_service.h"

namespace portcullis {

// What postconf(1) prints of an instance.
struct PostconfText {
  std::string services;   // postconf -M
  std::string overrides;  // postconf -xP
  std::string settings;   // postconf -x NAME...
};

// The SMTP services of master.cf: those of type inet that run smtpd, or postscreen, which hands its
// clients to `smtpd pass`. {daemon_name} is milter_macro_daemon_name, as Postfix sends it.
std::vector<MtaService> parse_postfix_services(const PostconfText& text);

// The same of the instance that is configured in `directory`, by postconf(1). Nothing if there is
// no main.cf, or postconf does not take it.
std::optional<std::vector<MtaService>> read_postfix_services(const std::string& directory);

}  // namespace portcullis
