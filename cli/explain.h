#pragma once

#include <optional>
#include <string>

#include "cli/common_options.h"
#include "cli/report.h"

namespace portcullis {

// The arguments of `portcullis explain`, as typed.
struct ExplainArguments {
  std::string address;  // or "local"
  std::string name;
  std::optional<std::string> helo;
  std::optional<std::string> listener;
  std::optional<std::string> at;
};

// `portcullis explain`: what the policy says of a client, and why. Asks no daemon.
Report explain(const CommonOptions& options, const ExplainArguments& arguments);

}  // namespace portcullis
