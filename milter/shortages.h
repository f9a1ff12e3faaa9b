#pragma once

namespace portcullis {

// Two shortages that libmilter does not survive, seen where it asks the C library: this program's
// own accept(2) and pthread_create(3) stand before the library's. A last resort, for nothing else
// tells of them, and nothing else helps.
//
//  - Out of descriptors, accept(2) fails at once, and libmilter asks again at once and says
//    nothing: a processor busy with nothing. Here it waits a little first.
//  - Out of threads (TasksMax of systemd, RLIMIT_NPROC), the pool of Debian's libmilter forgets the
//    session: its client gets no answer, its descriptor and its count stay for ever. Here the
//    thread is tried for again for kThreadPatience; when that fails too, the program has to end.
//
// Measured with libmilter 8.17.1 of Debian 12: 199 of 200 ticks of a processor; 65 of 200 sessions
// without an answer.
struct Shortages {
  bool descriptors = false;
  bool threads = false;
};

// What was short since it was last asked for. A shortage of threads wakes next_event(). Any thread
// may call it.
Shortages take_shortages() noexcept;

// As accept4(2), with the wait. For a thread that may wait.
int accept_patiently(int listener, int flags) noexcept;

}  // namespace portcullis
