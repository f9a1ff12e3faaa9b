#pragma once

namespace portcullis {

// Starts the program anew, in the same process and once, with glibc told not to register its
// threads for restartable sequences (rseq(2), glibc 2.35 and later): by GLIBC_TUNABLES, which is
// read before main() and nowhere else. What registers costs Linux two writes into the memory of a
// thread whenever it gets a processor, and the threads of a milter wait and wake several times a
// session: without it a session takes about 1 of 65 µs less (bench/NOTES.md, F1). Nothing here uses
// them; glibc itself only in sched_getcpu(3), which then asks the kernel.
//
// Returns if there is nothing to do: they are not registered, or the tunable is set, to whatever
// value; or if the program may not be started again, or glibc would not listen (AT_SECURE). To be
// called before anything is open.
void do_without_restartable_sequences(char** argv);

}  // namespace portcullis
