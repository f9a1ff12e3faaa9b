#include "config/class_clients.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "config/list_file.h"
#include "config/value_list.h"

namespace portcullis {
namespace {

constexpr std::string_view kFile = "file:";

}  // namespace

std::optional<std::string> list_file_path(const std::string& policy_path, std::string_view item) {
  if (!item.starts_with(kFile)) return {};
  const std::string_view name = trim(item.substr(kFile.size()));
  if (name.empty()) return std::string();
  const std::filesystem::path directory = std::filesystem::path(policy_path).parent_path();
  return (directory / std::filesystem::path(name)).string();
}

ClientLists::ClientLists(const std::string& policy_path, const TextSource& texts,
                         PolicyBuilder& builder, Diagnostics& diagnostics)
    : policy_path_(policy_path), texts_(texts), builder_(builder), diagnostics_(diagnostics) {}

void ClientLists::add(const ReadClass& read, ClassIndex client_class) {
  entries_.push_back(0);
  if (!read.section->has("clients")) return;  // reported as missing
  const auto items = split_list(read.section->pieces("clients"));
  const SourceIndex policy_source = builder_.add_source(client_class, policy_path_);
  for (const IniPiece& item : items) {
    if (const auto path = list_file_path(policy_path_, item.text)) {
      add_list(read, client_class, item, *path);
    } else {
      add_inline(item, policy_source);
    }
  }
}

void ClientLists::add_inline(const IniPiece& item, SourceIndex source) {
  ++entries_.back();
  if (item.text.empty()) {
    diagnostics_.error(policy_path_, item.line, ",", "has no entry before it",
                       "remove one of the commas");
    return;
  }
  if (const auto entry = parse_entry_line(item.text)) {
    add_entry(*entry, policy_path_, item.line, builder_, source, diagnostics_);
  } else {
    const auto& [culprit, problem] = entry.error();
    diagnostics_.error(policy_path_, item.line, std::string(culprit), problem.reason,
                       problem.repair);
  }
}

void ClientLists::add_list(const ReadClass& read, ClassIndex client_class, const IniPiece& item,
                           const std::string& path) {
  if (path.empty()) {
    diagnostics_.error(policy_path_, item.line, item.text, "names no file", "write file:NAME");
    return;
  }
  const auto same = [&](const ListFileSummary& s) {
    return s.class_name == read.client_class.name && s.path == path;
  };
  if (std::ranges::any_of(summaries_, same)) {
    diagnostics_.warning(policy_path_, item.line, item.text, "is named twice in this class",
                         "remove one of the two");
    return;
  }
  summaries_.push_back({read.client_class.name, path, 0});
  const auto file = texts_.read(path, TextFileKind::list);
  if (!file) {
    const auto& [line, problem] = file.error();
    incomplete_ = true;
    if (line > 0) {
      diagnostics_.error(path, line, {}, problem.reason, problem.repair);
    } else {
      diagnostics_.error(
          policy_path_, item.line, item.text, problem.reason,
          problem.repair.empty() ? fmt::format("it was looked for at {}", path) : problem.repair);
    }
    return;
  }
  if (file->others_may_write) {
    diagnostics_.warning(path, 0, {}, "may be written by every user of this host",
                         fmt::format("type chmod o-w {}", path));
  }
  const SourceIndex source = builder_.add_source(client_class, path);
  const std::size_t count = read_list(file->text, path, builder_, source, diagnostics_);
  summaries_.back().entries = count;
  entries_.back() += count;
}

}  // namespace portcullis
