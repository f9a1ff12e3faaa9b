#pragma once

#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

#include "editing/edited_file.h"

namespace portcullis {

// A file that is being edited, and what it is to hold. The text must outlive the call.
struct Replacement {
  EditedFile* file = nullptr;
  std::string_view text;
};

// Of which file it is.
struct ReplacementProblem {
  std::string path;
  Problem problem;
};

// Replaces files that are edited together, in this order: all of them or none. All new texts are
// written beside the old ones before the first takes its name; if one cannot take it, those before
// it are taken back, as EditedFile::undo() does. The Problem says so if one of them cannot be. Each
// file stays whole as with EditedFile::replace(), but a process that is killed between two names
// leaves the files before that new and the others old.
tl::expected<void, ReplacementProblem> replace_together(std::span<const Replacement> replacements);

}  // namespace portcullis
