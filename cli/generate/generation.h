#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/common_options.h"
#include "cli/report.h"
#include "config/mta_settings.h"
#include "contrib/mta_configuration.h"

#include "host/mta_service.h"

namespace portcullis {

// What was typed behind generate postfix or generate sendmail.
struct GenerateArguments {
  std::string config_dir;
  std::optional<std::string> output;
  std::optional<std::string> mta_version;
  bool diff = false;
  bool apply = false;
  bool dry_run = false;
  bool elsewhere = false;  // made for another machine: certificate files are not looked at
  // Of Sendmail.
  std::string sendmail = "/usr/sbin/sendmail";
  std::string makemap = "/usr/sbin/makemap";
  std::string cf_dir = "/usr/share/sendmail/cf";
};

// What one MTA adds to all this.
struct Generator {
  Mta mta{};
  std::function<std::unique_ptr<MtaConfiguration>(const MtaSettings&, const GenerateArguments&)>
      make;
  // Makes in the directory what is built of the files; nothing to do for Postfix.
  std::function<Found<void>(const std::string& directory, const GenerateArguments&)> build;
};

// One run: reads the policy, asks what is wrong with it, and does what the arguments say. With an
// error nothing is printed, written or changed.
Report generate(const CommonOptions& options, const GenerateArguments& arguments,
                const Generator& generator);

}  // namespace portcullis
