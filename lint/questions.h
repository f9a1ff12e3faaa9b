#pragma once

#include "config/diagnostic.h"

#include "lint/entry_fates.h"
#include "lint/lint.h"

namespace portcullis {

// The questions that lint() asks, one in each file. Each adds what it finds.

void find_needless_entries(const LintInput& input, const EntryFates& fates, Diagnostics& found);
void find_expiring_entries(const LintInput& input, Diagnostics& found);
void find_idle_classes(const LintInput& input, const EntryFates& fates, Diagnostics& found);
void find_everyone_entries(const LintInput& input, Diagnostics& found);
void find_lock_outs(const LintInput& input, Diagnostics& found);
void find_unused_listeners(const LintInput& input, Diagnostics& found);
void find_hidden_limits(const LintInput& input, Diagnostics& found);
void find_lost_replies(const LintInput& input, Diagnostics& found);

}  // namespace portcullis
