#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/common_options.h"
#include "cli/report.h"
#include "config/mta_settings.h"
#include "contrib/mta_configuration.h"

namespace portcullis {

// What was typed behind generate postfix or generate sendmail.
struct GenerateArguments {
  std::string config_dir;
  std::optional<std::string> output;
  std::optional<std::string> mta_version;
  std::string sendmail;  // the program; Sendmail only
  std::string cf_dir;    // of its m4 macros
  bool diff = false;
  bool apply = false;
  bool dry_run = false;
  bool elsewhere = false;  // made for another machine: certificate files are not looked at
};

// Makes the configuration of one MTA.
using MakeConfiguration = std::unique_ptr<MtaConfiguration> (*)(const MtaSettings&,
                                                                const GenerateArguments&);

// One run: reads the policy, asks what is wrong with it, and does what the arguments say. With an
// error nothing is printed, written or changed.
Report generate(const CommonOptions& options, const GenerateArguments& arguments,
                MakeConfiguration make);

}  // namespace portcullis
