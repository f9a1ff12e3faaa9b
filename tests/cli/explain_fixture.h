#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace portcullis::testing {

using Strings = std::vector<std::string>;

inline constexpr std::string_view kExplainPolicy = R"([listener inbound]
port = 25
max_connections = 100
max_connections_per_client = 20

[listener closed]
port = 2525
default = deny
reply = 550 5.7.1 Not for you
answer_at = helo

[class blocked]
action = deny
clients = 192.0.2.0/24, 198.51.100.0/25
    203.0.113.0/24
    .spam.example
    2001:db8::/32
reply = 554 5.7.1 Access denied, see https://example.com/blocked

[class partners]
action = permit
clients = file:partners.list
max_connections = 50
max_connections_per_client = 10

[class internal]
action = exempt
clients = 203.0.0.0/16, 127.0.0.0/8

[class later]
action = deny
clients = 198.18.0.0/24
reply = 450 4.7.1 Come back later

[class dropped]
action = deny
clients = 198.18.1.0/24
answer_at = drop

[class told]
action = deny
clients = 198.18.2.0/24
answer_at = helo

[class candidates]
action = deny
clients = 198.18.3.0/24
mode = observe

[class bounced]
action = deny
clients = 198.18.4.0/24
listeners = closed
)";

inline constexpr std::string_view kExplainPartners =
    "192.0.2.128/25 # inside a wider deny\n"
    "198.51.100.0/24\n"
    "mx.spam.example\n"
    "198.19.0.0/24 expires=2027-01-31T00:00:00Z\n"
    "198.19.0.0/16\n"
    ".good.spam.example\n"
    "198.19.8.1-198.19.8.6\n";

// `portcullis explain` by a policy that has something of everything.
class Explain : public Cli {
 protected:
  Explain() {
    write_policy(kExplainPolicy);
    write_list("partners.list", kExplainPartners);
  }

  nlohmann::json explain(Strings arguments) const {
    arguments.insert(arguments.begin(), "explain");
    return json_here(std::move(arguments));
  }
  static std::string steps(const nlohmann::json& json) {
    std::string all;
    for (const std::string step : json["steps"]) all += step + '\n';
    return all;
  }
};

}  // namespace portcullis::testing
