#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/report.h"
#include "config/ini_reader.h"
#include "config/text_source.h"

namespace portcullis {

// A list file that a class names.
struct NamedList {
  std::string name;  // as the policy has it: "blocked.list"
  std::string path;
};

// Where the entries of a class stand.
struct ClassLists {
  std::string class_name;
  std::string action;  // "deny"
  std::vector<NamedList> files;
  std::vector<IniPiece> inline_entries;  // in the policy file itself
  std::vector<std::string> listeners;    // on which it is in force, by name
};

// All classes of a policy file, whether or not their lists can be read: this is asked by those who
// are about to mend one. Fails if the policy file itself cannot be read.
Found<std::vector<ClassLists>> read_class_lists(const std::string& policy_file,
                                                const TextSource& texts = {});

// The class of this name, or what there is instead.
Found<ClassLists> find_class(const std::vector<ClassLists>& classes, const std::string& name);

}  // namespace portcullis
