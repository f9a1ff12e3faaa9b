#pragma once

#include <libmilter/mfapi.h>

#include "milter/daemon_context.h"

namespace portcullis {

// What libmilter calls for each step of a session: they decode its arguments, ask the Session and
// send the answer. They never block, and no exception leaves them: it becomes on_internal_error.
//
// C gives the callbacks no argument of ours, so the daemon they work for is one pointer of the
// process, set here. To be called once, before smfi_main(); `daemon` must outlive every callback.
void serve_for(DaemonContext& daemon);

// The filter as smfi_register() takes it. xxfi_unknown is left out on purpose: libmilter would hand
// it text that need not be terminated.
smfiDesc filter_description();

}  // namespace portcullis
