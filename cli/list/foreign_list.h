#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/report.h"

#include "formats/format.h"

namespace portcullis {

// How a list of whatever format is to be read.
struct ForeignListOptions {
  std::string format = "auto";
  ReadOptions read;
};

// --set, --daemon, --strict, --subdomains. `options` must outlive the command.
void add_reading_options(Command& command, ForeignListOptions& options);

struct ForeignList {
  const ListFormat* format = nullptr;
  ListReading reading;
};

// Reads the text of the list `name`. "auto" takes the format that fits, if only one does or all
// that do read the same entries; otherwise it fails with the candidates.
Found<ForeignList> read_foreign_list(std::string_view text, const std::string& name,
                                     const ForeignListOptions& options);

// The format of this name, or a failure that names all of them.
Found<const ListFormat*> named_format(std::string_view name);

// "native, drop": those that are read, or those that are written.
std::string format_names(bool written);

}  // namespace portcullis
