#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/section.h"

namespace portcullis {

// Where the list of a class comes from: a list that another program fetches, of whatever format.
// `portcullis list refresh` reads it; the daemon reads only the class's own list.
struct ClassFeed {
  std::string class_name;
  std::string source;            // path of the file
  std::string format;            // "auto", or the name of one
  std::vector<IniPiece> except;  // entries and file:NAME that are taken out of it
};

// What a [class] section says of its feed; nothing if it has none. Reports what is wrong with it.
// Reads no file.
std::optional<ClassFeed> read_class_feed(const Section& section);

}  // namespace portcullis
