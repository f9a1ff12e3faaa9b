#pragma once

#include "formats/format.h"

namespace portcullis {

// A cidr_table(5) of Postfix, for check_client_access or postscreen_access_list (access(5)).
//
// Reading. The first rule that matches decides there: FirstMatchTable says what that means in a
// list in which the longest prefix decides, so that every address gets the same answer. A rule that
// never decides is noted and left out. REJECT, 4NN and 5NN become entries that deny, OK, PERMIT and
// DUNNO entries that permit; results about the mail are refused. What stands behind the result, or
// else on a single comment line above, becomes the comment. A line that Postfix skips is refused,
// or repaired with a warning that says so: with ReadOptions::strict exactly those lines are left
// out that Postfix leaves out too.
//
// Writing. Entries that deny get REJECT; those that permit get DUNNO, which grants nothing (OK
// would, before reject_unauth_destination, let them relay), or `permit` for postscreen. Comments
// stand on lines above: behind a result they would be sent to the client. Never a length of 0.
ListReading read_postfix_cidr(std::string_view text, const ReadOptions& options);
ListWriting write_postfix_cidr(std::span<const ListEntry> entries, const WriteOptions& options);

}  // namespace portcullis
