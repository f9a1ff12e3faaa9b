#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/json_text.h"
#include "cli/list/list.h"

#include "formats/format.h"

namespace portcullis {
namespace {

Report list_all_formats(const CommonOptions& options) {
  Json json = Json::array();
  std::size_t width = 0;
  for (const ListFormat& format : list_formats()) width = std::max(width, format.name.size());
  std::string text;
  for (const ListFormat& format : list_formats()) {
    const bool written = format.write != nullptr;
    json.push_back(
        {{"name", format.name}, {"read", true}, {"written", written}, {"help", format.help}});
    text += fmt::format("{:{}}  {:11}  {}\n", format.name, width, written ? "read, write" : "read",
                        format.help);
  }
  return {ExitCode::ok, options.json ? json_text(json) : text, {}};
}

}  // namespace

void add_list_formats(Commands& commands, Command& group) {
  commands.add_to(group, "formats", "Say which formats of lists are read and written",
                  list_all_formats);
}

}  // namespace portcullis
