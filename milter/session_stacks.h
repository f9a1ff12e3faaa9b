#pragma once

namespace portcullis {

// Gives every thread that is made from now on a small stack: libmilter makes one for each session.
// glibc keeps the stacks of ended threads for the next ones, but no more than 40 MB: five of the
// usual size, a hundred and more of these. A session that gets a kept one saves mapping, page
// faults and unmapping (bench/NOTES.md, F1).
//
// What libraries keep for each thread lies in its stack as well. So a thread is made first to see
// how much is left to it; the size is doubled until that is enough, and stays as it was if none is.
void take_small_stacks();

}  // namespace portcullis
