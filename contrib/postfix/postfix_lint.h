#pragma once

#include <string>
#include <vector>

#include "config/diagnostic.h"
#include "config/mta_settings.h"
#include "contrib/postfix/postfix_plan.h"

namespace portcullis {

// What postconf(1) and `postfix check` say of the configuration as it stands. Takes a second or
// two, which `postfix check` needs.
Diagnostics ask_postfix_tools(const std::string& directory, const PostfixPlan& plan);

// The last warnings and errors that Postfix has logged, the newest last: from maillog_file, the
// file of syslog, or the journal.
std::vector<std::string> postfix_complaints(const std::string& directory);

}  // namespace portcullis
