#pragma once

namespace portcullis {

// Makes the calling thread give way to those of clients: a reload may take a little longer, a
// client may not. For a thread that computes for a while and that nobody waits for.
//
// Nice 10: on processors that others keep busy it still gets a tenth of what one of them gets, so
// that a list takes effect. And the shortest slice that Linux grants (from 6.12 on): a session that
// becomes ready on this processor waits for the end of the slice. Where a priority cannot be
// lowered, nothing happens. The figures are in bench/NOTES.md, F5.
void give_way_to_sessions() noexcept;

}  // namespace portcullis
