#pragma once

#include "cli/json_text.h"
#include "config/diagnostic.h"

namespace portcullis {

// A finding, with the keys that the manual pages promise.
Json diagnostic_json(const Diagnostic& diagnostic);
// All that were kept, as an array.
Json diagnostics_json(const Diagnostics& found);
// How often each kind was found, those that are not among the diagnostics included.
Json codes_json(const Diagnostics& found);
// {"ok", "errors", "warnings", "notes", "diagnostics", "codes"}: all of it, to be added to.
Json findings_json(const Diagnostics& found);

}  // namespace portcullis
