#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "config/diagnostic.h"
#include "policy/verdict.h"

namespace portcullis {

// What the right side of a Postfix access list says of a client.
struct PostfixResult {
  Action action = Action::deny;
  // DUNNO: the list goes no further, and Postfix's next restriction decides.
  bool undecided = false;
  std::string_view text;           // what is left of the result: for people
  std::optional<Problem> warning;  // it means more than an entry of ours can say
};

// The results of access(5), of postscreen_access_list, and `permit` and `reject`, which are
// restrictions; in any case, as in Postfix. Refused by name: what does something to the mail
// instead of letting the client in or not. `result` is not blank.
tl::expected<PostfixResult, Problem> parse_postfix_result(std::string_view result);

}  // namespace portcullis
