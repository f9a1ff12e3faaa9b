#pragma once

namespace portcullis {

// Makes the calling thread give way to those of clients: a reload may take a little longer, a
// client may not. For a thread that computes for a while and that nobody waits for.
//
// The lowest nice, and the shortest slice that Linux grants (from 6.12 on, before that none): a
// session that becomes ready on this processor takes it at once, or when the slice of 100 µs ends.
// Linux weighs a nice within a control group, or a session of setsid(2), alone: as a service of its
// own the daemon gets the share of any other, and reloads a million networks in 1.4 s beside eight
// busy processes for each processor; in one group with them, in 94 s. Where a priority cannot be
// lowered, nothing happens. The figures are in bench/NOTES.md, F5.
void give_way_to_sessions() noexcept;

}  // namespace portcullis
