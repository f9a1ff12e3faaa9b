#pragma once

#include <string>
#include <vector>

#include "cli/explanation.h"

namespace portcullis {

// How the verdict was reached, in the words of an administrator: a sentence for each step, with the
// class, the entry with its file and line, and the limits that it speaks of. May hold bytes that
// came from files or the command line: not yet fit for a terminal.
std::vector<std::string> step_sentences(const Explanation& explanation);

// "192.0.2.0/24 in class blocked (deny), /etc/portcullis/blocked.list:14".
std::string entry_text(const Policy& policy, const EntryDescription& entry);

}  // namespace portcullis
