#pragma once

#include <map>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "config/diagnostic.h"

namespace portcullis::sendmail {

// DIR/portcullis.applied: the files that are ours as a whole and may have been someone else's
// before, by path, with what they held then; nothing: they were not there. What is taken away in
// sendmail.mc needs no record: it still stands there.
using AppliedFiles = std::map<std::string, std::optional<std::string>>;

std::string to_json(const AppliedFiles& files);
// Of the file at `path`. Nothing recorded if it is not there; an error if it is no record.
tl::expected<AppliedFiles, Problem> read_applied_files(const std::string& path);

}  // namespace portcullis::sendmail
