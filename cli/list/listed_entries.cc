#include "cli/list/listed_entries.h"

#include "editing/list_lines.h"

namespace portcullis {
namespace {

using Visit = std::function<void(const ListedEntry&)>;

void visit_entry(std::string_view content, ListedEntry listed, Diagnostics& diagnostics,
                 const Visit& visit) {
  auto entry = parse_entry_line(content);
  if (!entry) {
    const auto& [culprit, problem] = entry.error();
    diagnostics.error(*listed.file, listed.line, std::string(culprit), problem.reason,
                      problem.repair);
    return;
  }
  listed.entry = *std::move(entry);
  visit(listed);
}

void visit_file(const std::string& path, const TextSource& texts, Diagnostics& diagnostics,
                const Visit& visit) {
  const auto file = texts.read(path, TextFileKind::list);
  if (!file) {
    const auto& [line, problem] = file.error();
    diagnostics.error(path, line, {}, problem.reason, problem.repair);
    return;
  }
  ListLines lines(file->text);
  while (const auto line = lines.next()) {
    if (line->content.empty()) continue;
    visit_entry(line->content, {{}, line->comment, &path, line->number}, diagnostics, visit);
  }
}

}  // namespace

void visit_entries(const std::string& policy_file, const ClassLists& lists, const TextSource& texts,
                   Diagnostics& diagnostics, const Visit& visit) {
  for (const NamedList& list : lists.files) visit_file(list.path, texts, diagnostics, visit);
  for (const IniPiece& item : lists.inline_entries) {
    visit_entry(item.text, {{}, {}, &policy_file, item.line}, diagnostics, visit);
  }
}

}  // namespace portcullis
