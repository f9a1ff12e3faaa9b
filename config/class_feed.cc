#include "config/class_feed.h"

#include <string_view>

#include "config/entry_line.h"
#include "config/value_list.h"

namespace portcullis {
namespace {

constexpr std::string_view kFile = "file:";

void check_exception(const Section& section, const IniPiece& item) {
  if (item.text.starts_with(kFile)) {
    if (trim(std::string_view(item.text).substr(kFile.size())).empty()) {
      section.error_at(item, "names no file", "write file:NAME");
    }
    return;
  }
  if (item.text.empty()) {
    section.error_at({",", item.line}, "has no entry before it", "remove one of the commas");
    return;
  }
  const auto entry = parse_entry_line(item.text);
  if (entry) return;
  section.error_at(item, entry.error().problem.reason, entry.error().problem.repair);
}

}  // namespace

std::optional<ClassFeed> read_class_feed(const Section& section) {
  ClassFeed feed{section.name(),
                 section.value("source", parse_path).value_or(std::string()),
                 section.value("format", parse_word).value_or(std::string()),
                 {}};
  if (section.has("except")) feed.except = split_list(section.pieces("except"));
  for (const IniPiece& item : feed.except) check_exception(section, item);
  if (section.has("source")) return feed;
  for (const std::string_view option : {"format", "except"}) {
    if (!section.has(option)) continue;
    section.warning(option, "is about a source, and the class has none",
                    "remove it, or write source = PATH");
  }
  return {};
}

}  // namespace portcullis
