#include "cli/list/foreign_list.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "cli/list/entry_arguments.h"
#include "config/suggestion.h"

namespace portcullis {
namespace {

tl::unexpected<Report> refused(const std::string& message) {
  return tl::unexpected(failure(ExitCode::bad_data, message));
}

Found<ForeignList> guess(std::string_view text, const std::string& name,
                         const ReadOptions& options) {
  const auto fitting = formats_that_fit(text, options);
  if (fitting.empty()) {
    return refused(
        fmt::format("{}: no format takes every line of it as it is; name one by --format: {}", name,
                    format_names(false)));
  }
  if (fitting.size() == 1) {
    return ForeignList{fitting.front(), read_as(*fitting.front(), text, options)};
  }
  std::string names;
  for (const ListFormat* const format : fitting) {
    names += (names.empty() ? "" : ", ") + std::string(format->name);
  }
  return refused(
      fmt::format("{}: it may be of several formats; name one by --format: {}", name, names));
}

}  // namespace

std::string format_names(bool written) {
  std::string names;
  for (const ListFormat& format : list_formats()) {
    if (written && format.write == nullptr) continue;
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  }
  return names;
}

Found<const ListFormat*> named_format(std::string_view name) {
  if (const ListFormat* const format = find_list_format(name)) return format;
  std::vector<std::string_view> known;
  std::ranges::transform(list_formats(), std::back_inserter(known), &ListFormat::name);
  return refused(fmt::format("there is no format \"{}\"; {}", name, suggest(name, known)));
}

Found<ForeignList> read_foreign_list(std::string_view text, const std::string& name,
                                     const ForeignListOptions& options) {
  ReadOptions read = options.read;
  read.file = name;
  read.now = time_now();
  if (options.format == "auto") return guess(text, name, read);
  const auto format = named_format(options.format);
  if (!format) return tl::unexpected(format.error());
  return ForeignList{*format, read_as(**format, text, read)};
}

void add_reading_options(Command& command, ForeignListOptions& options) {
  command.add_option("--set", options.read.set, "ipset, nft: which set, if there are several")
      ->type_name("NAME");
  command.add_option("--daemon", options.read.daemons, "hosts-allow: whose lines; repeatable")
      ->type_name("NAME")
      ->repeatable();
  command.add_flag("--strict", options.read.strict, "Refuse host bits instead of repairing them");
  command.add_flag("--subdomains", options.read.domains_cover_subdomains,
                   "symantec: a domain stands for all below it as well");
}

}  // namespace portcullis
