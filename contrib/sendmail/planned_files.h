#pragma once

#include <string>
#include <vector>

#include <sys/types.h>
#include <tl/expected.hpp>

#include "contrib/mta_configuration.h"
#include "contrib/sendmail/draft.h"

namespace portcullis::sendmail {

// What a file is to hold, beside what it holds.
struct PlannedFile {
  enum class Kind { statements, source, sasl, authorities };

  std::string path;
  Kind kind = Kind::source;
  std::optional<std::string> before;
  std::optional<std::string> after;  // nothing: it goes
  bool secret = false;
  bool exposed = false;  // secret, and others may read what is there

  bool changes() const;
};

// Every file that apply() writes but sendmail.cf and the record, in order. Reads the directory, and
// the files that the policy names.
tl::expected<std::vector<PlannedFile>, Diagnostics> plan_files(
    const MtaSettings& settings, const SendmailTarget& target,
    const std::vector<Statement>& statements);

// The differences of one file, in the terms of its kind. `statements`: with the lines of the
// policy.
std::vector<MtaChange> changes_of(const PlannedFile& file,
                                  const std::vector<Statement>& statements);

// sendmail.mc and the files of the same directory that it includes, that are there.
std::vector<std::string> source_files(const SendmailTarget& target);

}  // namespace portcullis::sendmail
