#pragma once

#include <string>
#include <vector>

namespace portcullis {

// Something that an edit would bring about and that is said before it is written.
struct Finding {
  bool needs_force = false;  // the edit is not made without --force
  std::string text;          // a sentence, from what others wrote too: print it by shown()
};

using Findings = std::vector<Finding>;

}  // namespace portcullis
