#include "editing/replace_together.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace portcullis {
namespace {

using Replacements = std::span<const Replacement>;
using Done = tl::expected<void, ReplacementProblem>;

tl::unexpected<ReplacementProblem> failed(const EditedFile& file, Problem problem) {
  return tl::unexpected(ReplacementProblem{file.path(), std::move(problem)});
}

void discard(Replacements replacements) {
  for (const Replacement& replacement : replacements) replacement.file->discard();
}

Done stage(Replacements replacements) {
  for (std::size_t i = 0; i < replacements.size(); ++i) {
    EditedFile& file = *replacements[i].file;
    if (auto staged = file.stage(replacements[i].text); !staged) {
      discard(replacements.first(i));
      return failed(file, std::move(staged.error()));
    }
  }
  return {};
}

// Appends to `problem` which of the files could not be taken back.
void take_back(Replacements replacements, Problem& problem) {
  for (const Replacement& replacement : replacements) {
    if (replacement.file->undo()) continue;
    problem.reason += fmt::format("; {} has its new text and stays so", replacement.file->path());
  }
}

}  // namespace

Done replace_together(Replacements replacements) {
  if (auto staged = stage(replacements); !staged) return staged;
  std::optional<ReplacementProblem> unsafe;  // new, but it may not outlast a power failure
  for (std::size_t i = 0; i < replacements.size(); ++i) {
    EditedFile& file = *replacements[i].file;
    auto done = file.commit();
    if (done) continue;
    if (file.text() == replacements[i].text) {
      unsafe = {file.path(), std::move(done.error())};
      continue;
    }
    discard(replacements.subspan(i));
    take_back(replacements.first(i), done.error());
    return failed(file, std::move(done.error()));
  }
  if (unsafe) return tl::unexpected(*std::move(unsafe));
  return {};
}

}  // namespace portcullis
