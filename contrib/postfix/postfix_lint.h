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

// The certificates, authorities and addresses that the policy names, as they are on this host now,
// by the lines of the policy: Postfix starts without them and says nothing until a client comes, or
// does not start at all.
Diagnostics check_named_files(const MtaSettings& settings);

// Whether the milter answers: a warning if not.
Diagnostics check_milter_socket(const MtaSettings& settings);

// The last warnings and errors that Postfix has logged, the newest last: from maillog_file, the
// file of syslog, or the journal.
std::vector<std::string> postfix_complaints(const std::string& directory);

}  // namespace portcullis
