#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/report.h"
#include "config/options.h"

namespace portcullis {

// A setting, as the command line names it.
struct SettingName {
  std::string section;  // the title: "daemon", "listener inbound"
  const Option* option = nullptr;

  // "[listener inbound] port", as messages have it.
  std::string text() const;
};

// "daemon.socket", "listener inbound.port", "\"listener inbound\".port", or "inbound.port" if only
// one section has that name. `titles` are the sections that there are; [daemon] need not be one of
// them. Refused, with what may have been meant, if there is no such section or option.
Found<SettingName> find_setting(std::string_view text, const std::vector<std::string>& titles);

// The title of the section that is meant, by the same rules.
Found<std::string> find_section(std::string_view text, const std::vector<std::string>& titles);

// `portcullis: "culprit" reason`, and the repair in a second line.
Report refusal(ExitCode code, std::string_view culprit, std::string_view reason,
               std::string_view repair);

}  // namespace portcullis
