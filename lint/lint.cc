#include "lint/lint.h"

#include "lint/questions.h"

namespace portcullis {

Diagnostics lint(const LintInput& input) {
  Diagnostics found;
  const EntryFates fates = find_entry_fates(*input.loaded.policy, input.now);
  find_lock_outs(input, found);
  find_unused_listeners(input, found);
  find_hidden_limits(input, found);
  find_lost_replies(input, found);
  find_idle_classes(input, fates, found);
  find_everyone_entries(input, found);
  find_needless_entries(input, fates, found);
  find_expiring_entries(input, found);
  return found;
}

}  // namespace portcullis
